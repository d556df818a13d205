"""The figures of fetching: what is served, what is asked for, and how runs become one number."""

import gzip
import http.client
import io
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.fetch_speed import Run, Task, drawn, img2dataset, lines, report, triptych, write_pages
from benchmarks.web import free_port, served


def task(folder: Path, hosts_file: Path | None = None) -> Task:
    """Four images on two hosts."""
    return Task(folder, 4, 3, ["a.example", "b.example"], 8080, hosts_file, Path("/peer/python"), 256)


def test_pictures_are_photographs_of_some_size() -> None:
    """Each is a JPEG file of its own, with sides beyond what both tools resize to."""
    bodies = [drawn(seed) for seed in range(6)]
    sizes = [Image.open(io.BytesIO(body)).size for body in bodies]
    assert len(set(bodies)) == 6 and min(min(size) for size in sizes) > 256
    assert all(20_000 < len(body) < 150_000 for body in bodies)


def test_every_image_has_an_address_of_its_own_and_a_page_that_shows_it(tmp_path: Path) -> None:
    """Hosts take turns, and so do pictures."""
    asked = task(tmp_path)
    assert asked.urls[1] == "http://b.example:8080/photos/1/1.jpg" and len(set(asked.urls)) == 4
    assert asked.urls[3].endswith("/3/0.jpg")
    write_pages(asked)
    pages = gzip.decompress(asked.pages.read_bytes()).decode()
    assert pages.count("WARC/1.1") == 2 and all(pages.count(f'"{url}"') == 1 for url in asked.urls)


def test_both_tools_find_the_hosts(tmp_path: Path) -> None:
    """Both run with the hosts file where there is one; the run behind a crawl asks for nothing."""
    asked = task(tmp_path, tmp_path / "hosts")
    crawl, run = triptych(asked, "run", tmp_path)
    assert crawl[0] == "unshare" and run[0] != "unshare" and "--delay" not in crawl
    assert img2dataset(asked, "sent", tmp_path)[0][0] == "unshare"
    assert triptych(task(tmp_path), "sent", tmp_path)[0][0] != "unshare"


def test_the_figure_is_the_ratio_of_cpu_an_image() -> None:
    """The median of each tool's runs."""
    runs = [Run("sent", "triptych", cpu, 9.0, 10, 100.0) for cpu in (1.0, 2.0, 9.0)]
    runs += [Run("sent", "img2dataset", cpu, 9.0, 10, 200.0) for cpu in (8.0, 9.0, 7.0)]
    told = report(runs)
    assert told["sent"]["times"] == 4.0 and told["sent"]["peak_mb"] == {"triptych": 100.0, "img2dataset": 200.0}
    assert list(lines(told))[-1] == "sent   triptych / img2dataset = 4.00, where 4.0 is meant"


@pytest.mark.timeout(60)
def test_the_server_answers_by_the_last_name() -> None:
    """A kept connection brings the same file under two addresses, and 404 for what it does not have."""
    port = free_port("127.0.0.2")
    with served({"1.jpg": b"body", "robots.txt": b"rules"}, "127.0.0.2", port):
        connection = http.client.HTTPConnection("127.0.0.2", port, timeout=20)
        told = []
        for path in ("/photos/7/1.jpg", "/photos/8/1.jpg", "/robots.txt", "/2.jpg"):
            connection.request("GET", path)
            answer = connection.getresponse()
            told.append((answer.status, answer.getheader("Content-Type"), answer.read()))
        connection.close()
    assert told[0] == told[1] == (200, "image/jpeg", b"body")
    assert told[2:] == [(200, "text/plain", b"rules"), (404, None, b"")]
