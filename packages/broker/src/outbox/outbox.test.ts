import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVendoError } from '@vendo/contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeEntry } from './decode-entry.ts'
import { draft } from './test/draft.ts'
import { openTestOutbox, ShakyStore, until } from './test/shaky-store.ts'

let folder: string
let store: ShakyStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vendo-outbox-'))
  store = new ShakyStore()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const linesIn = async (name: string) =>
  (await readFile(join(folder, name), 'utf8')).split('\n').filter((line) => line !== '')
const open = () => openTestOutbox(store, folder)

describe('while the store is well', () => {
  it('a settlement goes straight into it, and no file is touched', async () => {
    const { outbox, applied } = open()
    await outbox.settle(draft('att_1'))
    expect(store.taken).toEqual(['att_1'])
    expect(applied).toHaveLength(1)
    await expect(readFile(join(folder, 'pending.jsonl'))).rejects.toThrow('ENOENT')
    await outbox.close()
  })

  it('a settlement that the store had already is told to nobody', async () => {
    const { outbox, applied } = open()
    await outbox.settle(draft('att_1'))
    await outbox.settle(draft('att_1'))
    expect(applied).toHaveLength(1)
    await outbox.close()
  })
})

describe('while the store is down', () => {
  it('a settlement is on the disk when settle resolves, and in the store once when it is back', async () => {
    const { outbox, applied } = open()
    store.up = false
    await Promise.all(['att_1', 'att_2', 'att_3'].map((id) => outbox.settle(draft(id))))
    expect((await linesIn('pending.jsonl')).map((line) => decodeEntry(line).settlement.attemptId).sort()).toEqual([
      'att_1',
      'att_2',
      'att_3',
    ])
    expect(outbox.waiting).toBe(3)
    store.up = true
    await until(() => outbox.waiting === 0)
    expect(store.taken.sort()).toEqual(['att_1', 'att_2', 'att_3'])
    expect(applied).toHaveLength(3)
    await outbox.close()
    expect(await linesIn('pending.jsonl')).toEqual([])
  })

  it('a correction waits too', async () => {
    const { outbox } = open()
    store.up = false
    await outbox.settle({ ...draft('att_1'), kind: 'correction' })
    store.up = true
    await until(() => outbox.waiting === 0)
    expect(store.taken).toEqual(['correction att_1'])
    await outbox.close()
  })

  it('without a folder a settlement waits in memory, and keeps nobody waiting', async () => {
    const { outbox } = openTestOutbox(store, undefined)
    store.up = false
    await outbox.settle(draft('att_1'))
    await outbox.release(draft('att_2', { state: 'released' }), new Promise(() => {}))
    expect(outbox.waiting).toBe(2)
    store.up = true
    await until(() => outbox.waiting === 1)
    expect(store.taken).toEqual(['att_1'])
    await outbox.close()
  })

  it('closing without a folder gives up loudly instead of waiting for ever', async () => {
    const { outbox, logged } = openTestOutbox(store, undefined)
    store.up = false
    await outbox.settle(draft('att_1'))
    await outbox.close()
    expect(logged.at(-1)).toMatch(/settlement lost/)
  })
})

describe('a restart', () => {
  it('applies what the process before left, once, whatever it had applied already', async () => {
    store.up = false
    const before = open()
    await before.outbox.settle(draft('att_1'))
    await before.outbox.settle(draft('att_2'))
    await before.outbox.close()
    expect(await linesIn('pending.jsonl')).toHaveLength(2)
    store.up = true
    store.taken.push('att_1')
    const after = open()
    await after.outbox.recover()
    expect(store.taken).toEqual(['att_1', 'att_2'])
    expect(after.applied.map(({ settlement }) => settlement.attemptId)).toEqual(['att_2'])
    expect(await linesIn('pending.jsonl')).toEqual([])
    await after.outbox.close()
  })

  it('is refused while the store does not answer, and loses nothing', async () => {
    store.up = false
    const before = open()
    await before.outbox.settle(draft('att_1'))
    await before.outbox.close()
    const after = open()
    await expect(after.outbox.recover()).rejects.toMatchObject({ code: 'store_unavailable' })
    await after.outbox.close()
    expect(await linesIn('pending.jsonl')).toHaveLength(1)
  })

  it('is refused when the folder cannot be used', async () => {
    await writeFile(join(folder, 'file'), '')
    const { outbox } = openTestOutbox(store, join(folder, 'file'))
    await expect(outbox.recover()).rejects.toMatchObject({ code: 'store_unavailable' })
    await outbox.close()
  })

  it('moves a torn line to the dead letters, and applies the others', async () => {
    store.up = false
    const before = open()
    await before.outbox.settle(draft('att_1'))
    await before.outbox.close()
    const [line = ''] = await linesIn('pending.jsonl')
    await writeFile(join(folder, 'pending.jsonl'), `{"version":1,"ki\n${line}\n${line.slice(0, 40)}`)
    store.up = true
    const after = open()
    await after.outbox.recover()
    expect(store.taken).toEqual(['att_1'])
    expect(
      (await linesIn('dead-letters.jsonl')).map((letter) => (JSON.parse(letter) as { line: string }).line),
    ).toEqual(['{"version":1,"ki', line.slice(0, 40)])
    expect(after.logged.filter((message) => message.includes('dead letters'))).toHaveLength(2)
    await after.outbox.close()
  })
})

describe('a settlement that the store will never take', () => {
  it('is a dead letter at once when the store says so, and blocks nobody', async () => {
    const { outbox, logged } = open()
    store.special.set('att_bad', () => createVendoError('No.', { code: 'validation_failed' }))
    await outbox.settle(draft('att_bad'))
    await outbox.settle(draft('att_1'))
    expect(store.taken).toEqual(['att_1'])
    const [letter = ''] = await linesIn('dead-letters.jsonl')
    const { line, reason } = JSON.parse(letter) as { line: string; reason: string }
    expect(decodeEntry(line)).toEqual({ ...draft('att_bad'), decidedAt: 1_000 })
    expect(reason).toContain('No.')
    expect(logged.join()).toContain('dead letters')
    await outbox.close()
  })

  it('closes its hold at once all the same, where what was held is known', async () => {
    const { outbox, applied } = open()
    let refusals = 0
    const refuse = () => createVendoError('A CHECK failed.', { code: 'validation_failed' })
    store.settle = async ({ attemptId, reason }) => {
      if (reason !== 'settlement_refused') {
        refusals++
        throw refuse()
      }
      store.taken.push(attemptId)
      return true
    }
    const atHold = () => draft('att_bad', { state: 'estimated', reason: 'settlement_refused' }).settlement
    await outbox.settle({ ...draft('att_bad'), atHold })
    expect([refusals, store.taken, outbox.waiting, applied.length]).toEqual([1, ['att_bad'], 0, 1])
    expect(await linesIn('dead-letters.jsonl')).toHaveLength(1)
    await outbox.close()
  })

  it('is a dead letter when the store keeps failing on it while it takes others', async () => {
    const { outbox } = open()
    store.special.set('att_bad', () => new Error('constraint'))
    await outbox.settle(draft('att_bad'))
    for (let others = 0; outbox.waiting > 0 && others < 20; others++) {
      await outbox.settle(draft(`att_${others}`))
      await outbox.flush()
    }
    expect(outbox.waiting).toBe(0)
    expect(await linesIn('dead-letters.jsonl')).toHaveLength(1)
    await outbox.close()
  })

  it('is no dead letter while the store takes nothing at all, even if it answers', async () => {
    const { outbox } = open()
    store.special.set('att_1', () => new Error('disk full'))
    await outbox.settle(draft('att_1'))
    for (let round = 0; round < 20; round++) await outbox.flush()
    expect(outbox.waiting).toBe(1)
    store.special.clear()
    await outbox.flush()
    expect(store.taken).toEqual(['att_1'])
    await outbox.close()
  })
})

describe('a hold whose answer was lost', () => {
  it('is given back only after the attempt to make it is over', async () => {
    const { outbox, applied } = open()
    let decide: (fate: 'held') => void = () => {}
    const fate = new Promise<'held'>((resolve) => (decide = resolve))
    await outbox.release(draft('att_1', { state: 'released' }), fate)
    await outbox.flush()
    expect(store.taken).toEqual([])
    expect(await linesIn('pending.jsonl')).toHaveLength(1)
    decide('held')
    await until(() => outbox.waiting === 0)
    expect(store.taken).toEqual(['att_1'])
    expect(applied).toEqual([])
    await outbox.close()
  })

  it('is left alone when the ledger refused it after all', async () => {
    const { outbox } = open()
    await outbox.release(draft('att_1', { state: 'released' }), Promise.resolve('refused'))
    await until(() => outbox.waiting === 0)
    expect(store.taken).toEqual([])
    await outbox.close()
  })
})
