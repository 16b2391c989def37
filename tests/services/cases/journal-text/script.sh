systemctl start t-jx; sleep .5
rs "journalctl -u t-jx --no-pager -o short | cut -d' ' -f4-"
rs "journalctl -u t-jx --no-pager -o cat -a | cat -A"
rs "journalctl -u t-jx -a --no-pager -o short | cut -d' ' -f5- | cat -A"
rs "journalctl -u t-jx -o json --no-pager | sed 's/.*\"MESSAGE\":\\(\\[[^]]*\\]\\|\"[^\"]*\"\\).*/\\1/'"
rs "journalctl -u t-jx -o export --no-pager | grep -aE '^MESSAGE' | cat -A"
rs "journalctl -u t-jx -o verbose --no-pager | grep -aE '^ *MESSAGE' | cat -A"
