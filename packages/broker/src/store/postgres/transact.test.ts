import { describe, expect, it } from 'vitest'
import type { Connections } from './connection.ts'
import { ConnectionLost } from './postgres-error.ts'
import { transact } from './transact.ts'

const sqlError = (code: string) => Object.assign(new Error(`SQLSTATE ${code}`), { code })

/** Connections that note what happens to them; `failures` are thrown by statements of that text, each once. */
const scriptedConnections = (failures: [text: string, error: Error][] = []) => {
  const seen: string[] = []
  const connections: Connections = {
    acquire: async () => ({
      query: async (text) => {
        seen.push(text)
        const place = failures.findIndex(([failing]) => failing === text)
        if (place !== -1) throw failures.splice(place, 1)[0]?.[1]
        return { rows: [], changed: 0 }
      },
      release: (broken) => void seen.push(broken ? 'closed' : 'returned'),
    }),
    close: async () => undefined,
  }
  return { connections, seen }
}

const run = (connections: Connections, begin: string | null = 'BEGIN'): Promise<string> =>
  transact({ connections, begin, patienceMs: 1000 }, async (connection) => {
    await connection.query('work')
    return 'done'
  })

const whole = ['BEGIN', 'work', 'COMMIT', 'returned']

describe('transact', () => {
  it('begins, works, commits and returns the connection', async () => {
    const { connections, seen } = scriptedConnections()
    expect(await run(connections)).toBe('done')
    expect(seen).toEqual(whole)
  })

  it('runs a single lookup without a transaction', async () => {
    const { connections, seen } = scriptedConnections()
    await run(connections, null)
    expect(seen).toEqual(['work', 'returned'])
  })

  it.each(['40P01', '40001'])('runs again what lost against another transaction (%s)', async (code) => {
    const { connections, seen } = scriptedConnections([['work', sqlError(code)]])
    expect(await run(connections)).toBe('done')
    expect(seen).toEqual(['BEGIN', 'work', 'ROLLBACK', 'returned', ...whole])
  })

  it.each([
    ['a lost connection', new ConnectionLost('cut')],
    ['a server that shuts down', sqlError('57P01')],
  ])('runs again on another connection after %s, as long as nothing was committed', async (_, error) => {
    const { connections, seen } = scriptedConnections([['work', error]])
    expect(await run(connections)).toBe('done')
    expect(seen).toEqual(['BEGIN', 'work', 'closed', ...whole])
  })

  it.each([
    ['a lost connection', new ConnectionLost('cut')],
    ['a server that shuts down', sqlError('57P01')],
  ])('never repeats a commit without an answer: %s', async (_, error) => {
    const { connections, seen } = scriptedConnections([['COMMIT', error]])
    await expect(run(connections)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(seen).toEqual(['BEGIN', 'work', 'COMMIT', 'closed'])
  })

  it('repeats a commit that was certainly refused', async () => {
    const { connections, seen } = scriptedConnections([['COMMIT', sqlError('40001')]])
    expect(await run(connections)).toBe('done')
    expect(seen).toEqual(['BEGIN', 'work', 'COMMIT', 'closed', ...whole])
  })

  it('gives up after a few tries', async () => {
    const { connections, seen } = scriptedConnections(Array.from({ length: 9 }, () => ['work', sqlError('40P01')]))
    await expect(run(connections)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(seen.filter((text) => text === 'work')).toHaveLength(5)
  })

  it.each([sqlError('53200'), sqlError('42P01')])('does not repeat what would fail again (%s)', async (error) => {
    const { connections, seen } = scriptedConnections([['work', error]])
    await expect(run(connections)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(seen).toEqual(['BEGIN', 'work', 'ROLLBACK', 'returned'])
  })

  it('closes a connection that cannot roll back', async () => {
    const failures: [string, Error][] = [
      ['work', sqlError('53200')],
      ['ROLLBACK', new ConnectionLost('cut')],
    ]
    const { connections, seen } = scriptedConnections(failures)
    await expect(run(connections)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(seen.at(-1)).toBe('closed')
  })

  it('is unavailable when there is no connection', async () => {
    const connections: Connections = {
      acquire: () => Promise.reject(new Error('ECONNREFUSED')),
      close: async () => undefined,
    }
    await expect(run(connections)).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('leaves an error of the work itself as it is', async () => {
    const { connections } = scriptedConnections()
    const work = () => Promise.reject(new TypeError('a mistake'))
    await expect(transact({ connections, begin: 'BEGIN', patienceMs: 1000 }, work)).rejects.toThrow('a mistake')
  })
})
