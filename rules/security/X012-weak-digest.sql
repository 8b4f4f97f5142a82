-- id: X012
-- title: A digest or cipher that is broken
-- goal: security
-- severity: info
-- effort: 120
-- since: 0.1.0
-- task: file: Replace the broken digests of {file}
-- why: MD5, SHA-1, DES and RC4 do not hold against somebody who tries. Where old formats demand them, they guard
--   against accidents only.
-- fix: 1. SHA-256 or BLAKE2 for digests, HMAC for keys, AES-GCM or ChaCha20-Poly1305 for ciphers, through EVP.
--   2. Where the format is given, say in a comment that it is no protection, and accept the finding.
-- example: git 2.39, imap-send.c:885: cram calls EVP_md5
SELECT c.file, c.line, c.caller || ' calls ' || c.callee AS subject, c.caller || ' calls '
  || c.callee AS message
FROM call_sites c WHERE c.release = :release AND (c.callee IN ('MD5', 'MD5_Init', 'MD4_Init', 'SHA1',
  'SHA1_Init', 'DES_set_key', 'DES_set_key_unchecked', 'DES_ecb_encrypt', 'RC4', 'RC4_set_key', 'EVP_md5',
  'EVP_md4',
  'EVP_sha1', 'EVP_des_ecb', 'EVP_des_cbc', 'EVP_rc4', 'gnutls_md5', 'SHA1DCInit',
  'md5_init_ctx'))
