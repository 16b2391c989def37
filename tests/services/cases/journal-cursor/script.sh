systemctl start t-jc1; sleep .5
r journalctl -u t-jc1 --show-cursor -n 1 -o cat
C=$(journalctl -u t-jc1 -g 'line 3' -n 1 --show-cursor -o cat | sed -n 's/-- cursor: //p')
echo after; journalctl -u t-jc1 --after-cursor="$C" -o cat
echo from; journalctl -u t-jc1 --cursor="$C" -o cat
r journalctl --after-cursor=bogus
journalctl -u t-jc1 --cursor-file=/tmp/t-cf -n 2 -o cat; journalctl -u t-jc1 --cursor-file=/tmp/t-cf -o cat; echo rc=$?; cut -c1-2 /tmp/t-cf
