python3 - <<'E'
import socket
s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); s.connect('/run/systemd/journal/socket'); s.send(b'MESSAGE=native msg\nPRIORITY=3\nSYSLOG_IDENTIFIER=natid\nMYFIELD=abc\n')
s.send(b'MESSAGE\n\x0b\x00\x00\x00\x00\x00\x00\x00two\nlines..\nSYSLOG_IDENTIFIER=natid\nMYFIELD=def\n_PID=77\nlower=1\n')
s.send(b'SYSLOG_IDENTIFIER=natid\nNOMESSAGE=1\n')
s.send(b'garbage')
E
sleep .5; r journalctl -t natid -o cat
r journalctl MYFIELD=abc -o cat
r journalctl MYFIELD=abc MYFIELD=def -o cat
rs "journalctl MYFIELD=def -o json | tr ',' '\n' | tr -d '{}' | grep -E 'PRIOR|\"MESSAGE|lower|TRANSP|FIELD|_COMM' | sort"
rs "journalctl -t natid -o short | cut -d' ' -f4-"
rs 'journalctl -F MYFIELD | sort'
r journalctl -F BOGUSFIELD
