import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../lib/free-port.ts'
import { cores, startProgram } from '../lib/start-program.ts'
import { directVariant } from './direct.ts'
import type { Variant } from './variant.ts'

/** Whether nginx is installed; `apt-get install nginx-light` brings it. */
export const hasNginx = (): boolean => spawnSync('nginx', ['-v']).status === 0

/** Its version, for the record. */
export const nginxVersion = (): string =>
  /nginx\/(\S+)/.exec(String(spawnSync('nginx', ['-v']).stderr))?.[1] ?? 'unknown'

/** One nginx worker that passes everything on: no log, no buffering, connections kept on both sides. */
export const startNginx = async (mockPort: number, folder: string): Promise<Variant> => {
  const port = await freePort()
  const own = join(folder, 'nginx')
  mkdirSync(own, { recursive: true })
  const file = join(own, 'nginx.conf')
  writeFileSync(file, configuration({ port, mockPort, own }))
  const program = startProgram({
    command: 'nginx',
    args: ['-c', file, '-p', own, '-e', join(own, 'error.log')],
    core: cores.measured,
  })
  await untilListening(port)
  return { ...directVariant(mockPort), name: 'nginx', port, processId: program.id, stop: program.stop }
}

const configuration = ({ port, mockPort, own }: { port: number; mockPort: number; own: string }): string => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${own}/nginx.pid;
error_log ${own}/error.log error;
events { worker_connections 16384; }
http {
  access_log off;
  client_max_body_size 0;
  client_body_temp_path ${own}/body;
  proxy_temp_path ${own}/proxy;
  fastcgi_temp_path ${own}/fastcgi;
  uwsgi_temp_path ${own}/uwsgi;
  scgi_temp_path ${own}/scgi;
  keepalive_requests 100000000;
  upstream mock { server 127.0.0.1:${mockPort}; keepalive 4096; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`

const mostTries = 200

/** nginx says nothing when it is ready, so this tries until it is, for four seconds at most. */
export const untilListening = async (port: number, tries = mostTries): Promise<void> => {
  for (let tried = 0; tried < tries; tried++) {
    if (await accepts(port)) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`Nothing listens on port ${port}.`)
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
