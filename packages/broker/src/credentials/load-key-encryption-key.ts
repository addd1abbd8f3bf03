import { randomBytes } from 'node:crypto'
import { link, mkdir, open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Secret } from '@vendo/contract'
import { keyEncryptionKeyBytes, keyEncryptionKeyRecipe, parseKeyEncryptionKey } from './key-encryption-key.ts'
import { VaultError } from './vault-error.ts'

const ownerOnly = 0o077
const notWorld = 0o007

/**
 * The key-encryption key of one machine (`vendo dev`): reads the file, or makes it with mode 0600, together with its
 * folder (0700). Two processes that start at once end up with the same key.
 *
 * @throws {VaultError} `vault_key_exposed` when anybody but the owner may read the file, `vault_key_invalid` when it holds no key.
 */
export const loadOrCreateKeyFile = async (path: string): Promise<Secret> =>
  (await readKeyFile(path, ownerOnly)) ?? (await createKeyFile(path))

/**
 * The key-encryption key of `vendo broker`, which never makes one: from `file`, else `VENDO_VAULT_KEY` (the key itself),
 * else `VENDO_VAULT_KEY_FILE`. A key file may be readable by its group, as mounted secrets are, but not by everyone.
 *
 * @throws {VaultError} `vault_key_missing` saying how to make one, `vault_key_invalid`, `vault_key_exposed`.
 */
export const loadKeyEncryptionKey = async (options: {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly file?: string | undefined
}): Promise<Secret> => {
  const inline = options.env['VENDO_VAULT_KEY']?.trim()
  const path = options.file ?? options.env['VENDO_VAULT_KEY_FILE']?.trim()
  if (inline && path && options.file === undefined) {
    throw new VaultError('vault_key_invalid', 'VENDO_VAULT_KEY and VENDO_VAULT_KEY_FILE are both set.', {
      suggestedFix: 'Unset one of them, so that it is clear which key seals the credentials.',
    })
  }
  if (path) return (await readKeyFile(path, notWorld)) ?? fail(`The vault key file ${path} does not exist.`)
  if (inline) return asKey(inline)
  return fail('No vault key: neither VENDO_VAULT_KEY nor VENDO_VAULT_KEY_FILE is set.')
}

const fail = (message: string): never => {
  throw new VaultError('vault_key_missing', message, { suggestedFix: keyEncryptionKeyRecipe })
}

const asKey = (text: string): Secret => {
  const key = new Secret(text.trim())
  parseKeyEncryptionKey(key)
  return key
}

const readKeyFile = async (path: string, forbiddenMode: number): Promise<Secret | undefined> => {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new VaultError('vault_key_missing', `The vault key file ${path} cannot be read (${error.code}).`, {
      suggestedFix: 'Let the account that runs Vendo read it.',
      cause: error,
    })
  })
  if (file === undefined) return undefined
  try {
    const { mode } = await file.stat()
    // Windows reports every file as readable by everyone.
    if (process.platform !== 'win32' && (mode & forbiddenMode) !== 0) {
      throw new VaultError('vault_key_exposed', `Others may read the vault key file ${path}.`, {
        suggestedFix: `Run \`chmod 600 ${path}\`, and replace the key if somebody may have read it.`,
      })
    }
    return asKey(await file.readFile('utf8'))
  } finally {
    await file.close()
  }
}

/** Written aside and linked into place, so that no other process ever reads half a key or replaces this one. */
const createKeyFile = async (path: string): Promise<Secret> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const text = randomBytes(keyEncryptionKeyBytes).toString('base64')
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(aside, 'wx', 0o600)
  try {
    await file.writeFile(`${text}\n`)
    await file.sync()
    await file.close()
    await link(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return (await readKeyFile(path, ownerOnly)) ?? fail(`The vault key file ${path} vanished while it was made.`)
  } finally {
    await unlink(aside)
  }
  return asKey(text)
}
