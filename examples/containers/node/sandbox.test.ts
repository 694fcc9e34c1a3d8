import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GenericContainer, type StartedTestContainer, Wait } from "testcontainers";

const PORT = 5767;
let sandbox: StartedTestContainer;

before(async () => {
  sandbox = await new GenericContainer("ghcr.io/OWNER/jsms-sandbox:0.1.0")
    .withExposedPorts(PORT)
    .withEnvironment({ JSMS_SANDBOX_CODE: "123456" })
    .withWaitStrategy(Wait.forHttp("/_sandbox/readyz", PORT))
    .start();
});

after(() => sandbox?.stop());

test("a code is sent", async () => {
  const base = `http://${sandbox.getHost()}:${sandbox.getMappedPort(PORT)}`;
  const keys = btoa("5a4db0c39e8f7a6b5c4d3e2f:6f5e4d3c2b1a0f9e8d7c6b5a");
  const sent = await fetch(`${base}/v1/codes`, {
    method: "POST",
    headers: { authorization: `Basic ${keys}`, "content-type": "application/json" },
    body: JSON.stringify({ mobile: "13800138000", temp_id: 1 }),
  });
  assert.equal(sent.status, 200, await sent.text());
});
