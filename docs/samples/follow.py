"""python3 follow.py http://127.0.0.1:8480/v1/elections/pcc.2024-05-02 night.tsv"""

import http.client, json, sys, time, urllib.request

election, path = sys.argv[1:]
file = open(path, "ab+", buffering=0)  # A line is a cursor, a tab and what was told.
file.seek(0)
*lines, cut_off = file.read().split(b"\n")
file.truncate(file.tell() - len(cut_off))
cursor, wait = (lines[-1].split(b"\t")[0].decode() if lines else None), 1

while True:
    try:
        if cursor is None:
            snapshot = urllib.request.urlopen(f"{election}/snapshot", timeout=60).read().decode()
            cursor = json.loads(snapshot)["cursor"]
            file.write(f"{cursor}\t{snapshot}\n".encode())
        request, block = urllib.request.Request(f"{election}/events", headers={"Last-Event-ID": cursor}), {}
        for line in urllib.request.urlopen(request, timeout=60):  # Something comes every 15 seconds.
            name, _, value = line.decode().strip().partition(": ")
            block[name] = value
            if line == b"\n":  # The end of a block.
                if block.get("event") in ("result", "control", "tally", "headline"):
                    file.write(f"{block['id']}\t{block['data']}\n".encode())
                cursor = None if block.get("event") == "resnapshot" else block.get("id", cursor)
                wait, block = max(1, int(block.get("retry", 1000 * wait)) / 1000), {}
    except (OSError, http.client.HTTPException) as error:
        print(error, file=sys.stderr)
    time.sleep(wait)
