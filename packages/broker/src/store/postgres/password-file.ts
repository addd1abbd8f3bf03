import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Secret } from '@vendo/contract'

/** What a line of a password file is looked up by. A host that starts with `/` is the folder of a socket. */
export interface PasswordPlace {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
}

/**
 * Looks a password up as libpq does: in the file that `PGPASSFILE` names, else in `~/.pgpass`; the first line that fits counts.
 * A file that others may read is ignored. The driver's own lookup announces on stderr that it will go away.
 */
export const passwordFromFile = async (
  place: PasswordPlace,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Secret | undefined> => {
  try {
    const path = env['PGPASSFILE'] || standardPath(env)
    const file = await stat(path)
    // A pipe or a device would never end; Windows reports every file as readable by everyone.
    if (!file.isFile() || (process.platform !== 'win32' && (file.mode & 0o077) !== 0)) return undefined
    return findPassword(await readFile(path, 'utf8'), place)
  } catch {
    // As without a file: the server then refuses the login, and that names the file as one thing to check.
    return undefined
  }
}

const standardPath = (env: Readonly<Record<string, string | undefined>>): string =>
  process.platform === 'win32'
    ? join(env['APPDATA'] ?? homedir(), 'postgresql', 'pgpass.conf')
    : join(env['HOME'] ?? homedir(), '.pgpass')

const findPassword = (text: string, place: PasswordPlace): Secret | undefined => {
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue
    const [host, port, database, user, password] = fieldsOf(line)
    if (password === undefined || password === '') continue
    const fits =
      fitsHost(host, place.host) &&
      (port === '*' || port === String(place.port)) &&
      (database === '*' || database === place.database) &&
      (user === '*' || user === place.user)
    if (fits) return new Secret(password)
  }
  return undefined
}

const socketFolders: readonly string[] = ['/tmp', '/var/run/postgresql', '/run/postgresql']

/** `localhost` stands for the usual sockets of this machine, too. */
const fitsHost = (written: string | undefined, host: string): boolean =>
  written === '*' || written === host || (written === 'localhost' && socketFolders.includes(socketFolderOf(host)))

const socketFolderOf = (host: string): string => (/\/\.s\.PGSQL\.\d+$/.test(host) ? dirname(host) : host)

/** `\:` and `\\` stand for the second character. The last field goes to the end of the line. */
const fieldsOf = (line: string): readonly string[] => {
  const fields = ['']
  for (let index = 0; index < line.length; index++) {
    const escaped = line[index] === '\\' && index + 1 < line.length
    const character = line[escaped ? ++index : index] ?? ''
    if (character === ':' && !escaped && fields.length < 5) fields.push('')
    else fields[fields.length - 1] += character
  }
  return fields
}
