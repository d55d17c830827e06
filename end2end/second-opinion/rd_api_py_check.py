"""Asks the simulator through rd-api-py, a public Real-Debrid client that nobody here wrote.

Usage: rd_api_py_check.py BASE_URL TOKEN     (BASE_URL ends in /rest/1.0; 250 torrents and 130 downloads are expected)

It returns raw responses, so it is the one that can judge status, headers and bodies.
"""

import hashlib
import logging
import os
import re
import sys
import tempfile

TORRENTS, DOWNLOADS = 250, 130
ID = re.compile(r"[A-Z2-7]{13}")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z")


def expect(holds, sentence):
    if not holds:
        sys.exit(f"rd-api-py disagrees with the simulator: {sentence}")


def pages(ask, total, limit):
    rows, page = [], 1
    while True:
        answer = ask(page=page, limit=limit)
        expect(answer.headers.get("X-Total-Count") == str(total), f"page {page} does not say that there are {total} rows")
        if answer.status_code == 204:
            expect(answer.content == b"", "a 204 has a body")
            expect("Content-Type" not in answer.headers, "a 204 has a content type")
            return rows, page
        expect(answer.status_code == 200, f"page {page} is {answer.status_code}")
        expect(answer.headers["Content-Type"] == "application/json", "a list is not announced as JSON")
        rows += answer.json()
        page += 1


def listed(ask, total, limit, dated):
    rows, last_page = pages(ask, total, limit)
    expect(last_page > 3, f"{total} rows came on fewer than three pages")
    expect(len({row["id"] for row in rows}) == len(rows) == total, f"the pages do not hold {total} different rows")
    expect(all(ID.fullmatch(row["id"]) for row in rows), "an id is not of 13 characters A-Z and 2-7")
    expect(all(DATE.fullmatch(row[dated]) for row in rows), f"a date in “{dated}” has another shape")
    expect([row[dated] for row in rows] == sorted((row[dated] for row in rows), reverse=True), "rows are not newest first")
    return rows


def refused(answer, status, code):
    expect(answer.status_code == status, f"{answer.url} is {answer.status_code} instead of {status}")
    expect(answer.json()["error_code"] == code, f"{answer.url} has the code {answer.json()['error_code']} instead of {code}")


def hosters(client):
    hosts = client.hosts.get().json()
    domains = client.hosts.domains().json()
    expect(sorted(hosts) == sorted(domains), "/hosts and /hosts/domains name other hosters")
    expect(all({"id", "name", "image"} <= host.keys() for host in hosts.values()), "a hoster lacks a name or an image")
    status = client.hosts.status().json()
    expect(all(row["status"] in ("up", "down", "unsupported") for row in status.values()), "a hoster has another status")
    expect(all(DATE.fullmatch(row["check_time"]) for row in status.values()), "a hoster was checked at no time")
    for ask in (client.hosts.regex, client.hosts.regex_folder):
        patterns = [re.compile(pattern.strip("/").replace("\\/", "/")) for pattern in ask().json()]
        expect(len(patterns) == len(domains), "there is not a pattern for each hoster")
    expect(client.torrents.available_hosts().json()[0]["host"] in domains, "torrents go to a hoster that is not one")


def traffic(client, downloads):
    for row in client.traffic.get().json().values():
        expect({"left", "type"} <= row.keys() and row["left"] >= 0, "traffic lacks what is left or its type")
        expect(row["type"] in ("links", "gigabytes", "bytes"), f"traffic is counted in {row['type']}")
    last = max(row["generated"] for row in downloads if row["filesize"] > 0)[:10]
    days = client.traffic.details(start=last, end=last).json()
    taken = sum(row["filesize"] for row in downloads if row["generated"].startswith(last))
    expect(list(days) == [last] and days[last]["bytes"] == taken, f"the traffic of {last} is not what was downloaded")
    expect(sum(days[last]["host"].values()) == taken, "the hosters of a day do not add up to it")
    expect(client.traffic.details(start="2001-01-01", end="2001-01-02").json() == [], "an empty map is not an array")
    refused(client.traffic.details(start="2026-01-01", end="2026-12-31"), 400, 2)


def links_and_media(client, torrents, downloads):
    row = next(row for row in torrents if len(row["links"]) == 1 and row["status"] == "downloaded")
    check = client.unrestrict.check(row["links"][0]).json()
    expect(check["supported"] == 1 and check["filesize"] > 0, "a link of a torrent is not alive")
    film = next(row for row in downloads if row["streamable"] and row["mimeType"].startswith("video/"))
    infos = client.streaming.media_info(film["id"]).json()
    expect(infos["details"]["subtitles"] == [] and infos["link"] == film["link"], "the media of a film are of another")
    expect("sha1" not in str(infos).lower(), "media have a checksum, which no one has seen")
    expect({"apple", "dash", "liveMP4", "h264WebM"} == client.streaming.transcode(film["id"]).json().keys(), "formats")


def added_file(client):
    """Last, because it changes the library."""
    info = b"d5:filesld6:lengthi70000e4:pathl3:sub7:a b.txteed6:lengthi9e4:pathl5:b.mkveee4:name6:folder12:piece lengthi65536e"
    info += b"6:pieces40:" + bytes(range(200, 240)) + b"e"
    with tempfile.NamedTemporaryFile(suffix=".torrent") as file:
        file.write(b"d8:announce22:http://tracker.invalid4:info" + info + b"e")
        file.flush()
        answer = client.torrents.add_file(file.name, host="real-debrid.com")
    expect(answer.status_code == 201, f"a torrent file is answered {answer.status_code}")
    added = answer.json()["id"]
    shown = client.torrents.info(added).json()
    expect(shown["hash"] == hashlib.sha1(info).hexdigest(), "the infohash is not the SHA-1 of the info dictionary")
    expect([file["path"] for file in shown["files"]] == ["/sub/a b.txt", "/b.mkv"], "the files are not those of the file")
    expect(shown["status"] == "waiting_files_selection" and shown["original_bytes"] == 70009, "it is not ready to select")
    expect(client.torrents.select_files(added, "2").status_code == 204, "selecting is not answered 204")
    expect(client.torrents.select_files(added, "2").status_code == 202, "selecting again is not answered 202")
    expect(client.torrents.get(limit=1).json()[0]["filename"] == "b.mkv", "one selected file does not name the torrent")
    expect(client.torrents.delete(added).status_code == 204, "deleting is not answered 204")
    with tempfile.NamedTemporaryFile() as empty:
        refused(client.torrents.add_file(empty.name), 400, 30)


def main(base_url, token):
    # The client reads its settings when it is made; its pauses are for the real site.
    os.environ.update(RD_APITOKEN=token, SLEEP="0", LONG_SLEEP="0")
    logging.disable(logging.CRITICAL)
    from rdapi import RD

    client = RD()
    client.base_url = base_url

    expect(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", client.system.time().text), "/time is not a bare time")
    iso = client.system.iso_time().text
    expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", iso), f"/time/iso is {iso}")

    user = client.user.get().json()
    expect(user["type"] == "premium" and user["premium"] > 0, "the user is not premium")
    expect(isinstance(user["id"], int) and "*" in user["email"], "the user lacks an id or a masked address")

    torrents = listed(client.torrents.get, TORRENTS, 60, "added")
    downloads = listed(client.downloads.get, DOWNLOADS, 40, "generated")
    first = client.torrents.get(limit=5)
    expect(b"\n\t\t\"id\"" in first.content and rb"https:\/\/" in first.content, "a body is not laid out as PHP does")
    expect(client.torrents.get(offset=10, limit=5).json() == torrents[10:15], "an offset gives other rows than the pages")
    expect(len(client.torrents.get().json()) == 100, "a list without a limit does not have 100 rows")

    done = next(row for row in torrents if len(row["links"]) > 1)
    info = client.torrents.info(done["id"]).json()
    chosen = [file for file in info["files"] if file["selected"] == 1]
    expect(len(chosen) == len(info["links"]), "a torrent does not have a link for each selected file")
    expect(sum(file["bytes"] for file in chosen) == info["bytes"] == done["bytes"], "the selected files do not add up")
    expect(all(file["path"].startswith("/") for file in info["files"]), "a path does not start with a slash")
    expect(re.fullmatch(r"[0-9a-f]{40}", info["hash"]), "an infohash is not of 40 lower-case digits")
    for row in torrents:
        expect(("ended" in row) == (row["status"] == "downloaded"), f"{row['id']} is {row['status']}; “ended” does not fit")
    tokens = {link.rsplit("/", 1)[1][:13] for row in torrents for link in row["links"]}
    tied = [row for row in downloads if row["link"].rsplit("/", 1)[1][:13] in tokens]
    expect(len(tied) > DOWNLOADS // 2, "fewer than half of the downloads can be tied to a torrent")

    active = client.torrents.active_count().json()
    expect(active["nb"] == len(active["list"]), "activeCount counts other torrents than it lists")

    refused(client.torrents.info("AAAAAAAAAAAAA"), 404, 7)
    refused(client.downloads.delete("AAAAAAAAAAAAA"), 404, 7)
    refused(client.torrents.instant_availability(info["hash"]), 403, 37)
    hosters(client)
    traffic(client, downloads)
    links_and_media(client, torrents, downloads)
    added_file(client)
    client.header = {"Authorization": "Bearer not-the-token"}
    for ask in (client.user.get, client.torrents.get, client.downloads.get):
        refused(ask(), 401, 8)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
