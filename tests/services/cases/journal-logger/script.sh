logger -t jtag -p user.err 'hello log'; logger -t jtag -p local3.debug 'debug log'; logger -t jtag 'multi
line'; sleep .5
r journalctl -t jtag --no-pager
rs "journalctl -t jtag -o json | tr ',' '\n' | tr -d '{}' | grep -E 'PRIOR|FACIL|TRANSP|\"MESSAGE|SYSLOG_PID|SYSLOG_IDENT' | sort | uniq -c"
r journalctl SYSLOG_IDENTIFIER=jtag -o cat
r journalctl -t jtag -p err -o cat
r journalctl -t jtag -p debug..debug -o cat
r journalctl -t jnone
r journalctl --facility=user -t jtag -o cat
r journalctl --facility=bogus
r journalctl --facility=local3 -o cat -t jtag
python3 - <<'E'
import socket
s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); s.connect('/dev/log'); s.send(b'<11>Oct 11 22:14:15 jraw[77]: with date'); s.send(b'<11>jraw: no date'); s.send(b'plain without priority'); s.send(b'<11>Oct 11 22:14:15 other jraw: with host')
E
sleep .3; rs "journalctl -o json -n 4 _TRANSPORT=syslog | tr ',' '\n' | tr -d '{}' | grep -E 'PRIOR|\"MESSAGE|SYSLOG_PID|SYSLOG_IDENT|SYSLOG_RAW' | sort | uniq -c"
