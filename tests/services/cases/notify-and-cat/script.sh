r systemd-cat -t tcat echo hello
r systemd-cat -t tcat -p err sh -c 'echo worse; echo "<4>prefixed"'
rs "echo piped | systemd-cat -t tcat"
r systemd-cat --bogus
r systemd-cat -p bogus true
r systemd-cat false
sleep .5; rs "journalctl -t tcat -o json --no-pager | sed 's/.*/&,/' | tr ',' '\n' | tr -d '{}' | grep -E '\"(MESSAGE|PRIORITY|_TRANSPORT)' | sort | uniq -c"
r journalctl -t tcat -o cat
