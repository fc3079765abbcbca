// Starts azurite's server of blobs on a free port, and prints its address. Ends at the end of its input.

// The server reads its settings from the command line.
process.argv.push(
  "--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--silent", "--disableTelemetry",
);
const { BlobServerFactory } = require("azurite/dist/src/blob/BlobServerFactory");

async function main() {
  const server = await new BlobServerFactory().createServer();
  await server.start();
  console.log(server.getHttpServerAddress().replace("http://", ""));
  process.stdin.on("end", () => process.exit());
  process.stdin.resume();
}

main();
