"""Addresses as attacks write them (docs/sources.md, "Addresses that attacks use"), and ordinary ones beside them."""

# IP addresses that nobody may connect to.
REFUSED = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.0.10", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
    "64:ff9b:1::7f00:1", "100::1", "100:0:0:1::1", "2001::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:2::1",
    "2001:10::1", "2001:20::1", "2001:30::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "2002:808:808::",
    "2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1", "2620:4f:8000::1", "3ffe::1", "3fff::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::5efe:127.0.0.1", "fe80::1%eth0", "2606:4700::1%1", "fec0::1",
    "ff02::1", "ff0e::1",
)  # fmt: skip

# IP addresses of the public net.
PUBLIC = (
    "1.1.1.1", "8.8.8.8", "192.0.1.1", "172.32.0.1", "100.128.0.1", "::ffff:8.8.8.8", "64:ff9b::808:808",
    "2606:4700::1111", "2001:200::1", "2a00:1450:4001::1", "2620:fe::fe",
)  # fmt: skip

# URLs whose host is a local address or name however it is spelled.
SPELLED = (
    "http://0x7f.1/", "http://0x7f000001/", "http://127.1/", "http://2130706433/", "http://0177.0.0.1/",
    "http://0000177.0.0.1/", "http://127.0.0.0x1/", "http://017700000001/", "http://①②⑦.0.0.1/",
    "http://𝟙𝟚𝟟.0.0.1/", "http://１２７.0.0.1/", "http://127。0。0。1/", "http://%31%32%37.0.0.1/",
    "http://127.0.0.1./", "http://169.254.169.254。/", "http://0/", "http://0x/", "http://0x0/", "http://0x.0x.0/",
    "http://1/", "http:127.0.0.1", "http:///127.0.0.1", "http:/127.0.0.1", "http:\\\\127.0.0.1",
    "https://127.0.0.1:443/", "http://127.0.0.1\\@ex.com/", "http://user@127.0.0.1/", "http://ex.com@127.0.0.1/",
    "http://ex.com:80@127.0.0.1/", "http://127.0.0.1:80\\@ex.com/",
    "http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[::ffff:0:127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001::1]/", "http://[fe80::5efe:127.0.0.1]/",
    "http://[fe80::1]/", "http://[fd00:ec2::254]/", "http://[ff02::1]/",
    "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://ⓛocalhost/", "http://lo\u00adcalhost/",
    "http://loc\u200balhost/", "http://ⅼocalhost/", "http://foo.localhost/", "http://foo.localhost./",
    "http://localhost.localdomain/", "http://printer.local/", "http://metadata.google.internal/",
    "http://metadata.google.internal./", "http://METADATA.google.INTERNAL。/", "http://ex..com/", "http://.ex.com/",
    f"http://{'a' * 64}.com/", f"http://{'a.' * 127}com/",
)  # fmt: skip

# Text that is no URL which a page needs.
NO_URL = (
    "", "ex.com", "/a", "http://", "http://256.1/", "http://4294967296/", "http://127.0.0.08/", "http://1.2.3.4.5/",
    "http://a.b.c.d.e.1/", "http://[fe80::1%eth0]/", "http://[fe80::1%25eth0]/", "http://[v1.a]/",
    "http://ex.com%00.org/", "http://ex%00.com/", "http://ex.com:65536/", "http://ex.com:0/", "http://ex.com:22/",
    "http://ex.com:6379/", "http://ex com/", "http://me@ex.com/", "http://me:pass@ex.com/", "gopher://127.0.0.1/",
    "file:///etc/passwd", "file://ex.com/a", "ftp://ex.com/", "data:text/html,a", "javascript:alert(1)", "blob:http://ex.com/a",
    "ws://ex.com/", "http://ex.com/\r\nHost: 127.0.0.1", "http://ex.com/a\nb", "http://ex.com/\0", "http://ex\t.com/",
    "http://ex.com\\@127.0.0.1/", "http://ex.com/a\\b", "\\\\127.0.0.1",
)  # fmt: skip

# URLs that pass, and how the standard writes them.
PASSED = (
    ("http://ex.com", "http://ex.com/"),
    ("  HTTP://Ex.COM:80/a/../b c?d e#f ", "http://ex.com/b%20c?d%20e"),
    ("https://ex.com:8443/é", "https://ex.com:8443/%C3%A9"),
    ("http://bücher.example/", "http://xn--bcher-kva.example/"),
    ("http://аpple.com/", "http://xn--pple-43d.com/"),
    ("http://1.2.3/", "http://1.2.0.3/"),
    ("http://8.8.8.8/a", "http://8.8.8.8/a"),
    ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
    ("http://[::ffff:8.8.8.8]/", "http://[::ffff:808:808]/"),
    ("http://ex.com./a", "http://ex.com./a"),
    ("http://a_b.ex.com/@c", "http://a_b.ex.com/@c"),
    ("http://ex.com?a@b", "http://ex.com/?a@b"),
    ("http://ex.com/\ud800", "http://ex.com/%EF%BF%BD"),
)
