// Plain JavaScript on purpose: it must run, and explain itself, on a Node that is too old for the rest.
const required = [22, 18]
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < required[0] || (major === required[0] && minor < required[1])) {
  console.error(
    `Vendo's own scripts need Node ${required.join('.')} or newer; this is Node ${process.versions.node}.\n` +
      '`npm install` normally brings Node 24 along as the optional dependency `node`, but it is not here.\n' +
      'Next step: run `npm install --include=optional --foreground-scripts` again, or install Node 24 from https://nodejs.org.',
  )
  process.exit(1)
}
