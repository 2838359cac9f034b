// Lists and calls the tools as an MCP client of 2026-07-28, and prints what it got as JSON: node mcp.mjs URL KEY
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const [url, key] = process.argv.slice(2);
const client = new Client(
  { name: "foreign", version: "1.0.0" },
  { versionNegotiation: { mode: { pin: "2026-07-28" } } },
);
const headers = { authorization: `Bearer ${key}` };
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
const { tools } = await client.listTools();
const found = await client.callTool({ name: "find_assets", arguments: { query: { class: "AHU" } } });
const note = await client.callTool({ name: "leave_note", arguments: { asset: "AHU-1", text: "By a foreign client." } });
const wrong = await client.callTool({ name: "find_assets", arguments: { query: { class: "Spaceship" } } });
console.log(
  JSON.stringify({
    tools: tools.map((tool) => tool.name),
    readOnly: tools.find((tool) => tool.name === "find_assets").annotations.readOnlyHint,
    total: found.structuredContent.total,
    proposal: note.structuredContent.proposal.state,
    wrong: [wrong.isError, wrong.content[0].text],
  }),
);
await client.close();
