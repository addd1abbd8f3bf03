// Makes docs/assets/npm-start.svg: runs `npm start` in a real terminal (tmux) and draws what it shows.
// node examples/capture/make-capture.ts
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { renderSvg } from './render-svg.ts'

const columns = 96
const root = fileURLToPath(new URL('../..', import.meta.url))
const session = `vendo-capture-${process.pid}`
const run = promisify(execFile)
const tmux = async (...words: string[]): Promise<string> => (await run('tmux', ['-L', session, ...words])).stdout

// A folder of its own, so that the ledger is as new as a visitor's.
const folder = await mkdtemp(join(tmpdir(), 'vendo-capture-'))
const command = `cd ${folder} && NO_COLOR= TERM=screen-256color ${process.execPath} --conditions=vendo-source ${root}packages/cli/src/bin.ts demo`

const captureWhenServing = async (): Promise<string> => {
  for (let second = 0; second < 60; second += 1) {
    await wait(1_000)
    const text = await tmux('capture-pane', '-t', session, '-p', '-e', '-S', '-')
    if (text.includes('until Ctrl-C')) return text
  }
  throw new Error('npm start did not get as far as serving within a minute')
}

try {
  await tmux('new-session', '-d', '-s', session, '-x', String(columns), '-y', '150', command)
  const text = await captureWhenServing()
  await tmux('send-keys', '-t', session, 'C-c')
  const shown = text
    .replace(/(vendo_sk_)\w{30,}/g, '$1...')
    .replace(/\S*vendo-capture-\w+\/\.vendo/, '.vendo')
    .replace(/(DEPLOYMENT_ID=app_)\S+/, '$1...')
  const asset = join(root, 'docs/assets/npm-start.svg')
  await writeFile(asset, renderSvg(`$ npm start\n${shown}`, columns))
  console.log(`made ${asset}`)
} finally {
  await wait(2_000)
  await run('tmux', ['-L', session, 'kill-server']).catch(() => undefined)
  await rm(folder, { recursive: true, force: true })
}
