systemctl start t-sid1 t-sid2
rs "journalctl -u t-sid1 --no-pager -o short | cut -d' ' -f4-"
r journalctl -t myident -p err -o cat --no-pager
rs "journalctl -u t-sid1 -o json --no-pager | grep '\"MESSAGE\":\"plain\"' | tr ',' '\n' | grep -E 'PRIOR|IDENT\"|TRANSP|FACIL|_UNIT\"|_COMM' | tr -d '{}' | sort"
rs "journalctl -u t-sid2 -o json --no-pager | grep errline | tr ',' '\n' | grep -E 'PRIOR|IDENTIF|FACIL|MESSAGE\"' | tr -d '{}' | sort"
