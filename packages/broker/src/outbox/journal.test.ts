import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJournal } from './journal.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vendo-journal-'))
  path = join(folder, 'deep', 'pending.jsonl')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('a journal', () => {
  it('is readable by its owner alone, and so is its folder', async () => {
    await (await openJournal(path)).close()
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600')
    expect(((await stat(join(folder, 'deep'))).mode & 0o777).toString(8)).toBe('700')
  })

  it('has every line that append resolved for, in order, after a restart', async () => {
    const journal = await openJournal(path)
    await Promise.all(Array.from({ length: 50 }, (_, index) => journal.append(`line ${index}`)))
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(51)
    await journal.close()
    const again = await openJournal(path)
    expect(await again.read()).toEqual(Array.from({ length: 50 }, (_, index) => `line ${index}`))
    await again.close()
  })

  it('does not continue half a line that a crash left', async () => {
    await (await openJournal(path)).close()
    await appendFile(path, 'whole\nhal')
    const journal = await openJournal(path)
    await journal.append('next')
    expect(await journal.read()).toEqual(['whole', 'hal', 'next'])
    await journal.close()
  })

  it('is emptied only when nothing is needed at that moment', async () => {
    const journal = await openJournal(path)
    await journal.append('one')
    await journal.clear(() => true)
    expect(await journal.read()).toEqual(['one'])
    await journal.clear(() => false)
    expect(await journal.read()).toEqual([])
    await journal.append('two')
    expect(await journal.read()).toEqual(['two'])
    await journal.close()
  })

  it('rejects what it cannot write', async () => {
    const journal = await openJournal(path)
    await journal.close()
    await expect(journal.append('late')).rejects.toThrow()
  })
})
