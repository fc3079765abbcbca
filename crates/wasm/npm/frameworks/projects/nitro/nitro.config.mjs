export default {
  compatibilityDate: "2026-04-01",
  // Presets for Cloudflare import `core.wasm`.
  experimental: { wasm: true },
};
