for i in 1 2; do r systemctl start t-lp$i; p t-lp$i Description,LoadState,ActiveState,RemainAfterExit,Nice,Documentation; log t-lp$i; done
r systemctl status t-lp1 -n0
