systemctl start t-jti; sleep .3
r journalctl -u t-jti --since '1 hour ago' --until now -o cat --no-pager
r journalctl -u t-jti --since '2030-01-01' --no-pager
r journalctl -u t-jti --since today -n 1 -o cat --no-pager
r journalctl -u t-jti --since -1h -o cat
r journalctl -u t-jti --since '-5min' --until '+1min' -o cat
r journalctl -u t-jti -S yesterday -U tomorrow -o cat
r journalctl -u t-jti --since @0 -o cat
r journalctl -u t-jti --since 00:00 -o cat
r journalctl -u t-jti --since bogus --no-pager
r journalctl -u t-jti --until bogus --no-pager
r journalctl -u t-jti --since '2030-01-01' --until '2020-01-01'
