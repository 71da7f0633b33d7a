// How the desk's page speaks to the server: files in pieces that go on after a cut, wishes as JSON. Joined with desk.mjs.

const PIECE = 4_000_000
const LARGEST_PHOTO = 25_000_000
const TRIES = 4
const POLLS = 200

/** An element with attributes, listeners (`onclick`) and children; text goes in as text. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on') || typeof value === 'boolean') element[name] = value
    else if (value !== null) element.setAttribute(name, value)
  }
  element.append(...children.filter(child => child !== null && child !== ''))
  return element
}

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name])
const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds))
const megabytes = bytes => `${(bytes / 1e6).toFixed(1)} MB`

/** A file's id on its way: the same file chosen again goes on where it stopped. */
function uploadId({ name, size, lastModified }) {
  const text = `${name}\n${size}\n${lastModified}`
  return [2166136261, 3339675911, 1540483477, 374761393].map(seed => {
    let hash = seed
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619) >>> 0
    return hash.toString(16).padStart(8, '0')
  }).join('')
}

/** The server, in one language and with the page's words. */
class Line {
  #language; #words

  constructor(language, words) {
    this.#language = language
    this.#words = words
  }

  /** The JSON that the server answers. Throws its sentence where it refuses. */
  async ask(method, path, body) {
    const headers = { Accept: 'application/json', 'Accept-Language': this.#language }
    const sent = body === undefined ? undefined : JSON.stringify(body)
    const answer = await fetch(path, { method, headers, body: sent }).catch(() => null)
    if (!answer) throw new Error(this.#words.offline)
    const told = await answer.json().catch(() => ({}))
    if (!answer.ok) throw new Error([told.message, told.remedy].filter(Boolean).join(' ') || this.#words.failed)
    return told
  }

  /** Send one file; *moved* hears how far it has come. Returns what became of its photos. Throws where the line stays broken. */
  async send(file, moved) {
    const path = `/api/desk/files/${uploadId(file)}`, isZip = /\.zip$/i.test(file.name)
    if (!isZip && file.size > LARGEST_PHOTO) return { taken: 0, known: 0, refused: [{ name: file.name, message: this.#words.large }] }
    let offset = file.size > PIECE ? await this.#reached(path, file) : 0
    for (let tries = 0; tries < TRIES;) {
      moved(offset)
      const body = file.slice(offset, offset + PIECE)
      if (offset + body.size === file.size) moved(file.size)
      const headers = { 'Upload-Offset': String(offset), 'Upload-Length': String(file.size), 'File-Name': encodeURIComponent(file.name),
        'Accept-Language': this.#language }
      const answer = await fetch(path, { method: 'PATCH', headers, body }).catch(() => null)
      if (answer?.status === 201) return answer.json()
      if (answer?.status === 202 || answer?.status === 409) {
        const here = Number(answer.headers.get('Upload-Offset'))
        tries = here > offset ? 0 : tries + 1
        offset = here
      } else if (answer && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
        const { message = this.#words.failed, remedy = '' } = await answer.json().catch(() => ({}))
        return { taken: 0, known: 0, refused: [{ name: file.name, message: `${message} ${remedy}` }] }
      } else {
        tries += 1
        await pause(1000 * tries)
        offset = await this.#reached(path, file).catch(() => offset)
      }
    }
    throw new Error(this.#words.broken)
  }

  async #reached(path, file) {
    const answer = await fetch(path, { method: 'HEAD' })
    return Math.min(Number(answer.headers.get('Upload-Offset')) || 0, Math.max(0, file.size - 1))
  }
}
