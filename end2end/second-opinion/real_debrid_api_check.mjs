// Asks the simulator through real-debrid-api, a public client that nobody here wrote.
//
// Usage: node real_debrid_api_check.mjs BASE_URL TOKEN     (BASE_URL ends in /rest/1.0; 250 torrents and 130 downloads)
//
// It sends an empty `filter=`, parses every body as JSON and turns refusals into exceptions: another way of reading the
// same answers than rd-api-py's.

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import RealDebridClient from "real-debrid-api";

const TORRENTS = 250;
const DOWNLOADS = 130;

function expect(holds, sentence) {
  if (!holds) {
    console.error(`real-debrid-api disagrees with the simulator: ${sentence}`);
    process.exit(1);
  }
}

async function allPages(ask, limit) {
  const rows = [];
  for (let page = 1; ; page += 1) {
    const answer = await ask(page, limit);
    // A 204 has no body, which this client gives back as undefined.
    if (answer === undefined) return { rows, pages: page - 1 };
    expect(Array.isArray(answer), `page ${page} is not an array`);
    rows.push(...answer);
  }
}

async function listed(name, ask, total, limit) {
  const { rows, pages } = await allPages(ask, limit);
  expect(pages > 2, `${total} ${name} came on ${pages} pages`);
  expect(rows.length === total, `there are ${rows.length} ${name} instead of ${total}`);
  expect(new Set(rows.map((row) => row.id)).size === total, `an id of the ${name} comes twice`);
  return rows;
}

async function refused(what, promise, code, message) {
  const refusal = await promise.then(
    () => undefined,
    (error) => error,
  );
  expect(refusal !== undefined, `${what} was not refused`);
  const seen = refusal.code ?? refusal.error_code;
  expect(seen === code, `${what} has the code ${seen} instead of ${code}`);
  expect(message === undefined || refusal.message === message, `${what} says “${refusal.message}”`);
}

// A torrent file as it lies on a disk; this client sends it piece by piece, without saying how long it is.
async function addedFile(client) {
  const info = `d6:lengthi4096e4:name8:é a.mkv12:piece lengthi4096e6:pieces20:${"p".repeat(20)}e`;
  const directory = mkdtempSync(join(tmpdir(), "dmm-torrent-"));
  try {
    const path = join(directory, "a.torrent");
    writeFileSync(path, `d4:info${info}e`);
    const added = await client.torrents.addTorrent(path);
    const shown = await client.torrents.info(added.id);
    expect(shown.hash === createHash("sha1").update(info).digest("hex"), "a torrent file has another infohash");
    expect(shown.filename === "é a.mkv" && shown.bytes === 4096, "a torrent file has another name or size");
    await client.torrents.delete(added.id);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function main(baseUrl, token) {
  const client = new RealDebridClient(token);
  client.base_url = `${baseUrl}/`;

  const user = await client.user.get();
  expect(user.type === "premium" && Number.isInteger(user.id), "the user has no number or is not premium");

  const torrents = await listed("torrents", (page, limit) => client.torrents.get(null, page, limit), TORRENTS, 60);
  const downloads = await listed("downloads", (page, limit) => client.downloads.get(null, page, limit), DOWNLOADS, 40);
  const fromOffset = await client.torrents.get(0, null, 7);
  expect(
    JSON.stringify(fromOffset) === JSON.stringify(torrents.slice(0, 7)),
    "an offset of 0 gives other rows than the first page",
  );
  const active = await client.torrents.get(null, 1, 100, "active");
  expect(
    active.length > 0 && active.every((row) => !["downloaded", "dead", "error"].includes(row.status)),
    "the filter for active torrents lets finished ones through",
  );

  const done = torrents.find((row) => row.links.length > 1);
  const info = await client.torrents.info(done.id);
  const chosen = info.files.filter((file) => file.selected === 1);
  expect(chosen.length === info.links.length, "a torrent does not have a link for each selected file");
  expect(info.hash === done.hash && info.original_filename.length > 0, "the information is of another torrent");
  expect(
    downloads.every((row) => row.download.includes(`/d/${row.id}/`) && new URL(row.download) && row.hash === undefined),
    "a download has no address of its own, or has a hash",
  );

  await refused("an unknown torrent", client.torrents.info("AAAAAAAAAAAAA"), 7, "Resource not found");
  await refused("instantAvailability", client.torrents.instantAvailability([info.hash]), 37);
  const hosts = await client.hosts.get();
  expect((await client.hosts.domains()).every((domain) => hosts[domain]), "a domain is of no hoster");
  expect(Object.keys(await client.hosts.status()).length === Object.keys(hosts).length, "a hoster has no status");
  const left = Object.values(await client.traffic.get()).map((row) => row.left);
  expect(left.length > 0 && left.every(Number.isInteger), "traffic does not say what is left");
  const nothing = await client.traffic.details("2001-01-01", "2001-01-02");
  expect(Array.isArray(nothing) && nothing.length === 0, "days without traffic are no empty array");
  const played = await client.streaming.mediaInfos(downloads.find((row) => row.streamable === 1).id);
  expect(Array.isArray(played.details.subtitles) && played.duration > 0, "a film has no duration, or subtitles");
  const made = await client.unrestrict.link(done.links[0]);
  expect(made.link === done.links[0] && (await client.downloads.get(null, 1, 1))[0].id === made.id, "no row was made");
  await client.downloads.delete(made.id);

  const stranger = new RealDebridClient("not-the-token");
  stranger.base_url = `${baseUrl}/`;
  await refused("a stranger", stranger.torrents.get(null, 1, 5), 8, "Bad token");

  // Last, because it changes the library.
  const added = await client.torrents.addMagnet(`magnet:?xt=urn:btih:${"5EED".repeat(10)}`);
  await client.torrents.selectFiles(added.id);
  const fresh = await client.torrents.info(added.id);
  expect(fresh.status === "queued" && fresh.hash === "5eed".repeat(10), `a selected torrent is ${fresh.status}`);
  await client.torrents.delete(added.id);
  await addedFile(client);
  await refused("a deleted torrent", client.torrents.info(added.id), 7);
}

if (process.argv.length !== 4) {
  console.error("usage: node real_debrid_api_check.mjs BASE_URL TOKEN");
  process.exit(2);
}
main(process.argv[2], process.argv[3]).catch((error) => {
  console.error("real-debrid-api disagrees with the simulator: it failed with", error);
  process.exit(1);
});
