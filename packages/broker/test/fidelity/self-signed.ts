import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'

/** A key and a certificate that vouches for itself, both as PEM. */
export interface SelfSigned {
  readonly key: string
  readonly cert: string
}

const [integer, bitString, octetString, objectId, utf8, utcTime, sequence, set] = [2, 3, 4, 6, 12, 23, 48, 49] as const
const [nameTag, addressTag] = [0x82, 0x87] as const
const [validityDays, dayMs] = [1, 86_400_000] as const

/** One value of ASN.1's DER: a tag, a length, and what is in it. */
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const oid = (hex: string) => der(objectId, Buffer.from(hex, 'hex'))
const ecdsaWithSha256 = der(sequence, oid('2a8648ce3d040302'))
const commonName = oid('550403')
const subjectAltName = oid('551d11')

const time = (ms: number) =>
  der(utcTime, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))

/** Makes a certificate for a host name and for 127.0.0.1, good for a day before and after now (RFC 5280, section 4.1). */
export const createSelfSigned = (host: string, now: number = Date.now()): SelfSigned => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const name = der(sequence, der(set, der(sequence, commonName, der(utf8, Buffer.from(host)))))
  const names = der(sequence, der(nameTag, Buffer.from(host)), der(addressTag, Buffer.from([127, 0, 0, 1])))
  const content = der(
    sequence,
    der(0xa0, der(integer, Buffer.from([2]))),
    der(integer, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    der(sequence, time(now - validityDays * dayMs), time(now + validityDays * dayMs)),
    name,
    publicKey,
    der(0xa3, der(sequence, der(sequence, subjectAltName, der(octetString, names)))),
  )
  const signature = sign('sha256', content, createPrivateKey(privateKey))
  const bytes = der(sequence, content, ecdsaWithSha256, der(bitString, Buffer.from([0]), signature))
  const lines = bytes.toString('base64').replace(/.{64}/g, '$&\n')
  return { key: privateKey, cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n` }
}
