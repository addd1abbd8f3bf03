import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readBrokerFile, removeBrokerFile, writeBrokerFile } from './broker-file.ts'

const fileWith = (text?: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'vendo-file-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'broker.json')
  if (text !== undefined) writeFileSync(path, text)
  return path
}

const announced = { url: 'http://127.0.0.1:8787', pid: process.pid, appId: 'app_1', simulated: false }

describe('the announcement of a local broker', () => {
  it('is read back, and taken back by the process that made it', () => {
    const path = fileWith()
    writeBrokerFile(path, announced)
    expect(readBrokerFile(path)).toEqual(announced)
    removeBrokerFile(path)
    expect(readBrokerFile(path)).toBeUndefined()
  })

  it('is left alone by others', () => {
    const path = fileWith(JSON.stringify({ ...announced, pid: process.pid + 1 }))
    removeBrokerFile(path)
    expect(readFileSync(path, 'utf8')).toContain('app_1')
  })

  it.each([
    [
      'of another machine, which a cloned folder may name',
      JSON.stringify({ ...announced, url: 'https://stranger.example.com' }),
    ],
    ['that looks local only at its start', JSON.stringify({ ...announced, url: 'http://127.0.0.1.example.com' })],
    ['half written', '{"url":"http://127'],
    ['of another shape', '[]'],
  ])('counts for nothing when it is one %s', (_, text) => {
    expect(readBrokerFile(fileWith(text))).toBeUndefined()
  })
})
