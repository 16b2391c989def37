systemctl start t-jg; sleep .3
r journalctl -u t-jg -g 'line [23]' -o cat --no-pager
r journalctl -u t-jg -g 'zzzz' --no-pager
r journalctl -u t-jg -g 'upper' -o cat
r journalctl -u t-jg -g 'UPPER' -o cat
r journalctl -u t-jg -g 'UPPER' --case-sensitive=no -o cat
r journalctl -u t-jg -g 'Upper' --case-sensitive=yes -o cat
r journalctl -u t-jg --grep='line' -n 2 -o cat
r journalctl -u t-jg -g '(' -o cat
r journalctl -u t-jg -g 'line \d' -r -o cat
