both(){ echo "\$ $*"; "$@" > /tmp/t-o 2> /tmp/t-e; echo "  -> rc=$?"; sed 's/^/out: /' /tmp/t-o; sed 's/^/err: /' /tmp/t-e; }
both systemctl start t-soc
both systemctl start t-socnone
both systemctl is-active t-socnone
both systemctl is-enabled t-socnone
both systemctl status t-socnone
both systemctl enable t-soc2
both systemctl disable t-soc2
both systemctl mask t-socnone
both systemctl unmask t-socnone
both systemctl enable t-soc
both systemctl list-jobs
both systemctl list-units t-socnone.service
both systemctl list-unit-files t-socnone.service
both systemctl cat t-socnone
both systemctl reload t-soc
both systemctl bogus
both journalctl -u t-socnone --no-pager
both journalctl --since bogus
both systemctl --version
