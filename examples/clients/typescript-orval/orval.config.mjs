export default {
  jsms: {
    input: "./openapi.yaml",
    output: {
      target: "./client/jsms.ts",
      client: "fetch",
      override: { mutator: { path: "./send.ts", name: "send", extension: ".js" } },
    },
  },
};
