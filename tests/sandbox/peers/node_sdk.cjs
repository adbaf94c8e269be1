// The official npm SDK as a merchant: talks to the sandbox's gateway as to the real one, and says what it saw.
// Reads {gateway, appId, privateKey, platformPublicKey, wrongPublicKey, buyerId, authCode, notification} from stdin, and
// the files of certificate mode {appPublicCert, platformPublicCert, rootCert}.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const { AlipaySdk } = createRequire(`${process.env.PEERS}/`)("alipay-sdk");
const given = JSON.parse(readFileSync(0, "utf8"));
const config = { appId: given.appId, privateKey: given.privateKey, keyType: "PKCS8", gateway: given.gateway };
const sdk = new AlipaySdk({ ...config, alipayPublicKey: given.platformPublicKey });
const deceived = new AlipaySdk({ ...config, alipayPublicKey: given.wrongPublicKey });
const { appPublicCert, platformPublicCert, rootCert } = given;
const certified = new AlipaySdk({
  ...config,
  appCertContent: appPublicCert,
  alipayPublicCertContent: platformPublicCert,
  alipayRootCertContent: rootCert,
});
const checked = { validateSign: true };

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return error.message;
  }
}

async function main() {
  const order = { outTradeNo: "npm_1", totalAmount: "12.30", subject: "挂号费 \"引号\"", buyerId: given.buyerId };
  const create = { bizContent: order, notifyUrl: given.notifyUrl };
  const token = { grantType: "authorization_code", code: given.authCode };
  const said = {
    token: await sdk.exec("alipay.system.oauth.token", token, checked),
    created: await sdk.exec("alipay.trade.create", create, checked),
    queried: await sdk.exec("alipay.trade.query", { bizContent: { outTradeNo: "npm_1" } }, checked),
    unknown: await sdk.exec("alipay.trade.query", { bizContent: { outTradeNo: "none" } }, checked),
    wrongKey: await refusal(() => deceived.exec("alipay.trade.query", { bizContent: { outTradeNo: "npm_1" } }, checked)),
    notification: sdk.checkNotifySignV2({ ...given.notification }),
    tampered: sdk.checkNotifySignV2({ ...given.notification, total_amount: "0.01" }),
    certified: await certified.exec("alipay.trade.query", { bizContent: { outTradeNo: "npm_1" } }, checked),
    certifiedNotification: certified.checkNotifySignV2({ ...given.notification }),
    certificateNames: [certified.config.appCertSn, certified.config.alipayCertSn, certified.config.alipayRootCertSn],
    page: sdk.pageExecute("alipay.user.certify.open.certify", "GET", { bizContent: { certifyId: given.certifyId } }),
  };
  const page = await fetch(said.page, { redirect: "manual" });
  console.log(JSON.stringify({ ...said, pageStatus: page.status, pageLocation: page.headers.get("location") }));
}

main();
