"""A server of this machine that answers the SDK's calls with fixed JSON, so that both contenders wait equally little.

`python -m bench.aws_stub PUBLIC_KEY` (DER, base64) prints its port and ends when its standard input does.
"""

import json
import os
import socket
import sys
from base64 import b64encode
from threading import Thread

CITIZEN = {
    "pk": {"S": "CITIZEN#ctz_01JABCDEFGHJKMNPQRSTVWXYZ0"},
    "sk": {"S": "PROFILE"},
    "id": {"S": "ctz_01JABCDEFGHJKMNPQRSTVWXYZ0"},
    "app_id": {"S": "2021000000000001"},
    "open_id": {"S": "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5"},
    "person_id": {"S": "psn_01JABCDEFGHJKMNPQRSTVWXYZ0"},
    "holder": {"S": "张*"},
    "number_masked": {"S": "3301**********0018"},
    "sessions": {
        "M": {
            "ses_01JABCDEFGHJKMNPQRSTVWXYZ0": {
                "M": {
                    "opened_at": {"N": "1795406706"},
                    "refreshed_at": {"N": "1795406706"},
                    "ends_at": {"N": "4102444800"},
                    "generation": {"N": "0"},
                    "receipts": {"M": {}},
                }
            }
        }
    },
    "wallet": {
        "M": {
            "card_01JABCDEFGHJKMNPQRSTVWXYZ0": {
                "M": {
                    "reference": {"S": "HJKMNPQRSTVWXYZ0"},
                    "role": {"S": "own"},
                    "status": {"S": "bound"},
                    "level": {"N": "1"},
                    "holder": {"S": "张*"},
                    "region": {"S": "330100"},
                }
            }
        }
    },
    "created_at": {"S": "2026-11-23T04:05:06.789Z"},
}
CARD_ID = "card_01JABCDEFGHJKMNPQRSTVWXYZ0"
CARD = {
    "pk": {"S": "CARD#HJKMNPQRSTVWXYZ0"},
    "sk": {"S": "CARD"},
    "id": {"S": CARD_ID},
    "citizen_id": {"S": "ctz_01JABCDEFGHJKMNPQRSTVWXYZ0"},
    "person_id": {"S": "psn_01JABCDEFGHJKMNPQRSTVWXYZ0"},
    "holder": {"S": "张*"},
    "number_masked": {"S": "A1****78"},
    "id_number_masked": {"S": "3301**********0018"},
    "region": {"S": "330100"},
    "sealed": {"B": b64encode(bytes(220)).decode()},
    "number_sealed": {"B": b64encode(bytes(180)).decode()},
    "physical_ref": {"S": "0123456789abcdef0123456789abcdef"},
    "physical": {"S": "active"},
    "physical_version": {"N": "1"},
    "unlinked": {"BOOL": False},
    "bound_at": {"S": "2026-11-23T04:05:06.789Z"},
    "bound_by": {"S": "face_01JABCDEFGHJKMNPQRSTVWXYZ0"},
    "status": {"S": "bound"},
    "level": {"N": "1"},
    "version": {"N": "1"},
}
DAY_KEY = {"KeyId": "code", "Mac": b64encode(bytes(32)).decode(), "MacAlgorithm": "HMAC_SHA_256"}


def answers(public_key: str) -> dict[bytes, bytes]:
    """What is answered, by the call's `X-Amz-Target`; a card where a card is read."""
    known = {
        "DynamoDB_20120810.GetItem": {"Item": CITIZEN},
        "DynamoDB_20120810.GetItem CARD#": {"Item": CARD},
        "DynamoDB_20120810.PutItem": {},
        "DynamoDB_20120810.UpdateItem": {"Attributes": CITIZEN},
        "TrentService.GenerateMac": DAY_KEY,
        "TrentService.GetPublicKey": {"KeyId": "token", "PublicKey": public_key, "KeySpec": "ECC_NIST_P256"},
    }
    return {target.encode(): json.dumps(body).encode() for target, body in known.items()}


def serve(connection: socket.socket, known: dict[bytes, bytes]) -> None:
    """Answer one kept-alive connection until it is closed."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = b""
    while True:
        while b"\r\n\r\n" not in buffer:
            received = connection.recv(65536)
            if not received:
                return
            buffer += received
        head, _, buffer = buffer.partition(b"\r\n\r\n")
        lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
        headers = {name.lower(): value.strip() for name, _, value in lines}
        length = int(headers[b"content-length"])
        while len(buffer) < length:
            buffer += connection.recv(65536)
        asked, buffer = buffer[:length], buffer[length:]
        target = headers[b"x-amz-target"]
        body = known[target + (b" CARD#" if target.endswith(b"GetItem") and b'"CARD#' in asked else b"")]
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: 1\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    """Serve until standard input ends."""
    known = answers(sys.argv[1])
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    Thread(target=_end_with_input, daemon=True).start()
    while True:
        connection, _ = server.accept()
        Thread(target=serve, args=(connection, known), daemon=True).start()


if __name__ == "__main__":
    main()
