/** What `--version` of every tool prints: programs that ask do so to learn which systemd's behaviour to expect. */
export const SYSTEMD_VERSION = '255.4-1ubuntu8.19';

/** As Ubuntu 24.04's systemd prints it. */
export const VERSION_TEXT = `systemd 255 (${SYSTEMD_VERSION})
+PAM +AUDIT +SELINUX +APPARMOR +IMA +SMACK +SECCOMP +GCRYPT -GNUTLS +OPENSSL +ACL +BLKID +CURL +ELFUTILS +FIDO2 +IDN2 -IDN +IPTC +KMOD +LIBCRYPTSETUP +LIBFDISK +PCRE2 -PWQUALITY +P11KIT +QRENCODE +TPM2 +BZIP2 +LZ4 +XZ +ZLIB +ZSTD -BPF_FRAMEWORK -XKBCOMMON +UTMP +SYSVINIT default-hierarchy=unified
`;
