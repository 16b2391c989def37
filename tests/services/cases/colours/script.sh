systemctl start t-col; systemctl start t-col2 2>/dev/null
rs "TERM=xterm-256color SYSTEMD_PAGER= script -qec 'systemctl status t-col -n0; systemctl status t-col2 -n0' /dev/null | cat -v | sed 's/\^M//'"
rs "TERM=xterm-256color SYSTEMD_PAGER= script -qec 'systemctl list-units t-col*' /dev/null | cat -v | sed 's/\^M//'"
rs "TERM=xterm-256color script -qec 'systemctl is-active t-col; systemctl is-failed t-col2; systemctl is-enabled t-col' /dev/null | cat -v | sed 's/\^M//'"
rs "TERM=dumb SYSTEMD_PAGER= script -qec 'systemctl list-units t-col*' /dev/null | cat -v | sed 's/\^M//'"
rs "SYSTEMD_COLORS=1 systemctl list-units 't-col*' | cat -v"
rs "NO_COLOR=1 TERM=xterm SYSTEMD_PAGER= script -qec 'systemctl list-units t-col*' /dev/null | cat -v | sed 's/\^M//'"
