r systemctl start t-pl t-pl2
out pl; out pl2
p t-pl LimitNOFILE,LimitNOFILESoft,LimitCORE,LimitSTACK,LimitMEMLOCK,LimitNICE,Nice,OOMScoreAdjust
