// Uses the API through a client that is generated from its OpenAPI document (api.d.ts), and prints what it got as JSON: node client.ts URL KEY
import createClient from "openapi-fetch";
import type { paths } from "./generated/api.js";

declare const process: { argv: string[] };

const [url, key] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: `${url}/api/v1`, headers: { authorization: `Bearer ${key}` } });

const { data: found } = await client.POST("/tools/find_assets", { body: { query: { class: "AHU" }, limit: 10 } });
const { data: asset } = await client.GET("/assets/{asset}", { params: { path: { asset: "ahu-1" } } });
const { data: readings } = await client.GET("/readings", {
  params: { query: { point: [asset!.points![0].id], limit: 5 } },
});
const { data: pending, response } = await client.POST("/tools/leave_note", {
  body: { asset: "AHU-1", text: "By a generated client." },
  params: { header: { "Idempotency-Key": crypto.randomUUID() } },
});
const { data: settled } = await client.POST("/approvals/{name}/approve", {
  params: { path: { name: pending!.proposal.id } },
});
const { error } = await client.POST("/tools/describe_asset", { body: { asset: "AHU-99" } });

console.log(
  JSON.stringify({
    total: found!.total,
    asset: asset!.asset.name,
    readings: typeof readings === "object" ? readings.items.length : -1,
    status: response.status,
    settled: settled!.state,
    problem: error!.title,
  }),
);
