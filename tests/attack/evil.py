"""What an attacker says: bodies, names and words, each under a name of what it tries."""

from collections.abc import Mapping

DEEP = 100_000
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n'
OBJECTS: Mapping[str, bytes] = {
    "nothing": b"",
    "nested": b"[" * DEEP,
    "nested objects": b'{"a":' * DEEP,
    "no number": b'{"key":"12345678","text":"x","value":NaN,"id":Infinity,"kind":"raw"}',
    "beyond numbers": b'{"key":"12345678","text":"x","id":1e999,"kind":"raw","speed":-1e999}',
    "5,000 digits": b'{"key":"12345678","kind":"raw","id":' + b"9" * 5000 + b"}",
    "30 digits": b'{"key":"12345678","kind":"raw","id":' + b"9" * 30 + b"}",
    "negative": b'{"key":"12345678","text":"","files":[{"key":"a","name":"b","mime":"c","size":-1}],"id":-1}',
    "twice": b'{"key":"12345678","key":"87654321","text":"a","text":"b"}',
    "half a pair": b'{"key":"1234567\\ud800","text":"\\ud800","zone":"\\ud800","fields":{"\\udfff":"\\udfff"}}',
    "NUL": b'{"key":"1234567\\u0000","text":"a\\u0000","action":"\\u0000","fields":{"\\u0000":"\\u0000"}}',
    "NUL of a ticket": b'{"key":"12345678","action":"claim","value":"T-1\\u0000","fields":{}}',
    "NUL in settings": b'{"key":"12345678","locale":"en\\u0000","zone":"\\u0000","kind":"raw\\u0000"}',
    "a foreign zone": b'{"zone":"../../../etc/passwd"}',
    "NUL of a post": b'{"key":"12345678","post":"1:typed:\\u0000","text":"x"}',
    "no UTF-8": b'\xff\xfe{"key":"12345678"}',
    "Latin-1": '{"key":"12345678","text":"é"}'.encode("latin-1"),
    "a list": b"[]",
    "null": b"null",
    "truth": b'{"key":true,"text":true,"id":true,"kind":"raw","locale":true,"zone":true,"post":true,"speed":true}',
    "other types": b'{"key":"12345678","text":{},"files":"x","action":[],"fields":[],"locale":[],"zone":{},"kind":[]}',
    "a path for a file": b'{"key":"12345678","text":"","files":[{"key":"../a","name":"..","mime":"","size":1}]}',
    "endless files": b'{"key":"12345678","text":"","files":[' + b"{}," * 20_000 + b"{}]}",
    "100,000 members": b"{" + b",".join(b'"%x":1' % n for n in range(100_000)) + b"}",
}
FORMS: Mapping[str, bytes] = {
    "odd form": b"token=%00&token=%ff&" + b"a=b&" * 2_000,
    "no part": b"--x\r\n\r\n--x--\r\n",
    "a part that is broken": FILE % b"a\x00\r\n.png" + b"abc\r\n--x--\r\n",
    "a part without an end": FILE % b"a.png" + b"abc",
    "parts in parts": b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 500,
    "thousands of parts": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 5_000 + b"--x--\r\n",
    "a huge header of a part": b'--x\r\nContent-Disposition: form-data; name="'
    + b"f" * 100_000
    + b'"\r\n\r\nb\r\n--x--\r\n',
    "many headers of a part": b"--x\r\n" + b"X-A: b\r\n" * 5_000 + b"\r\nb\r\n--x--\r\n",
}
BODIES = {**OBJECTS, **FORMS}

NAMES: Mapping[str, str] = {
    "a way up": "../../../../etc/passwd",
    "a way up in Windows": "..\\..\\Windows\\win.ini",
    "absolute": "/etc/cron.d/evil",
    "a drive": "C:\\evil.exe",
    "a share": "\\\\evil\\share\\a.pdf",
    "an encoded way up": "..%2f..%2fa.pdf",
    "full-width dots": "．．／．．／a.pdf",
    "nothing but dots": "....",
    "hidden": ".bashrc",
    "NUL": "a.pdf\x00.exe",
    "line ends": "a\r\nX-Evil: 1\r\n\r\n<script>.pdf",
    "other line ends": "a\u2028b\u2029c\x85d\x0b.pdf",
    "quotes": 'a"; filename="evil.exe',
    "shell": "$(rm -rf ~);`id`|a&b>c.pdf",
    "markup": "<img src=x onerror=alert(1)>.png",
    "turned around": "invoice\u202efdp.exe",
    "isolates": "\u2067a\u2069.pdf",
    "zero width": "a\u200b\u200d\ufeff.pdf",
    "tags": "a\U000e0041\U000e0042.pdf",
    "a device": "CON",
    "another device": "aux.txt",
    "a device by Unicode": "COM¹.txt",
    "a stream": "a.pdf::$DATA",
    "500 characters": "a" * 500 + ".pdf",
    "500 wide ones": "字" * 500 + ".pdf",
    "heaps of marks": "a" + "\u0301" * 500 + ".pdf",
    "only blanks": " \t\u3000 ",
    "trailing dots": "evil.exe. . .",
    "two endings": "photo.png.exe",
    "half a pair": "a\ud800.pdf",
    "ANSI": "\x1b[2Ja\x9b31m.pdf",
    "a ping": "<!channel> @everyone.pdf",
    "a very long ending": "a." + "b" * 400,
}
