export default {
  compatibilityDate: "2026-04-01",
  // A Worker imports `core.wasm`.
  experimental: { wasm: true },
  cloudflare: { deployConfig: true, nodeCompat: true },
};
