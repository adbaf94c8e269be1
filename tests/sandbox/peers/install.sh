#!/bin/sh
# Installs the payment app's official SDKs into .local/peers, where tests/sandbox/peers look for them.
# They are judges of the sandbox's gateway, not dependencies: the Python one alone takes 440 MB.
# Needs npm for the one and the project's own environment for the other; installs what it can.
set -eu
cd "$(dirname "$0")/../../.."
peers=.local/peers
node_sdk=alipay-sdk@4.14.0
python_sdk=alipay-sdk-python==3.7.1411

mkdir -p "$peers"
if command -v npm >/dev/null 2>&1; then
    if [ ! -d "$peers/node_modules/alipay-sdk" ]; then
        echo "installing $node_sdk"
        npm install --prefix "$peers" --no-audit --no-fund --silent "$node_sdk"
    fi
else
    echo "npm is missing: the npm SDK is left out"
fi

if [ ! -e "$peers/python/.done" ]; then
    echo "installing $python_sdk (440 MB, once)"
    rm -rf "$peers/python"
    .local/venv/bin/python -m venv "$peers/python"
    "$peers/python/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile "$python_sdk"
    touch "$peers/python/.done"
fi
echo "the official SDKs stand in $peers"
