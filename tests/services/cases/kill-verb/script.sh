systemctl start t-kv t-kv2; sleep .7
r systemctl kill -s USR1 t-kv
sleep .5
r systemctl kill --signal=SIGBOGUS t-kv
r systemctl kill --signal=0 t-kv
r systemctl kill --signal=help
r systemctl kill --kill-whom=main t-kv2
ws t-kv2; p t-kv2
r systemctl kill --kill-whom=bogus t-kv
r systemctl kill --kill-who=control t-kv
r systemctl kill t-kv t-kvnone
ws t-kv; p t-kv; log t-kv
r systemctl kill t-kv
