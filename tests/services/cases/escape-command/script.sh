for s in '/' '/foo/bar' 'foo bar' 'a-b' '.dot' 'ü' '' 'a/b//c/' 'x@y:z'; do r systemd-escape -- "$s"; r systemd-escape -p -- "$s"; done
r systemd-escape --unescape 'foo-bar\x2dx'
r systemd-escape -u -p 'foo-bar\x2dx'
r systemd-escape --template=t-sq@.service 'a b'
r systemd-escape --template=t-sq@.service --unescape 't-sq@a\x20b.service'
r systemd-escape --suffix=mount -p /var/lib/x
r systemd-escape --mangle 'sp ace' /dev/sda x.service 'a@b'
r systemd-escape a b c
r systemd-escape
r systemd-escape --bogus
r systemd-escape -p a/../b
r systemd-escape --instance -u t-sq@x-y.service
r systemd-escape --template=bogus x
