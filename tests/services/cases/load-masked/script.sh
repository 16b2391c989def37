ln -s /dev/null $U/t-lm.service; dr
p t-lm LoadState,ActiveState,SubState,UnitFileState,FragmentPath,LoadError
r systemctl start t-lm
r systemctl is-enabled t-lm
r systemctl status t-lm
r systemctl cat t-lm
: > $U/t-lm3.service; dr
r systemctl start t-lm3
p t-lm3 LoadState,ActiveState
