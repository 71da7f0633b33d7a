// The photos that an officer brings in: sent to /api/desk, shown by proposed site, corrected, made into submissions. After desk_line.mjs.

class Desk {
  #data; #host; #parts; #line; #state = { photos: [], sites: {}, forms: {} }; #selected = new Set(); #pictures = new Map(); #forms = {}
  #wanted = { hamlet: '', kind: '' }; #faults = {}; #busy = false; #polls = 0; #ended = false; #found = []

  constructor(host, data) {
    this.#data = data
    this.#host = host
    this.#line = new Line(data.language, data.words)
    this.#parts = Object.fromEntries(['bring', 'said', 'wants', 'list', 'bar'].map(name => [name, h('div', { class: name })]))
    host.replaceChildren(...Object.values(this.#parts))
    for (const name of ['bar', 'said']) this.#parts[name].hidden = true
    this.#parts.said.setAttribute('role', 'status')
    this.#drawBring()
    this.#drawWants()
    this.load()
  }

  end() { this.#ended = true }

  get #words() { return this.#data.words }

  /** Fetch what waits, and show it. */
  async load({ quietly = false } = {}) {
    try {
      const state = await this.#line.ask('GET', `/api/desk?${new URLSearchParams(this.#wanted)}`)
      if (this.#ended) return
      this.#state = state
      const here = new Set(state.photos.map(photo => photo.sha256))
      this.#selected = new Set([...this.#selected].filter(one => here.has(one)))
      for (const photo of state.photos) this.#showPicture(photo)
      if (!quietly) this.#draw()
      this.#host.dataset.ready = String(state.photos.length)
      const preparing = state.photos.some(photo => photo.small === null) && this.#polls++ < POLLS
      if (preparing) setTimeout(() => this.#ended || this.load({ quietly: true }), 2500)
    } catch (error) { if (!quietly) this.#say(error.message) }
  }

  #showPicture({ sha256, small, name }) {
    const image = this.#pictures.get(sha256) ?? h('img', { alt: name, loading: 'lazy' })
    this.#pictures.set(sha256, image)
    const stage = small === null ? 'waiting' : 'made'
    if (image.dataset.stage === stage) return
    image.dataset.stage = stage
    image.src = `/api/desk/photos/${sha256}/thumb?${stage}`
  }

  #say(text, details = []) {
    const { said } = this.#parts
    said.hidden = !text
    said.replaceChildren(text ?? '', details.length ? h('ul', {}, ...details.map(line => h('li', {}, line))) : '')
  }

  // ---- bringing

  #drawBring() {
    const { bring } = this.#parts, words = this.#words
    const chooser = (text, options) => h('label', { class: 'button' }, text,
      h('input', { type: 'file', multiple: true, onchange: event => this.#take(event.target), ...options }))
    bring.replaceChildren(
      chooser(words.files, { accept: 'image/*,.heic,.heif,.zip', name: 'files' }),
      'webkitdirectory' in document.createElement('input') ? chooser(words.folder, { webkitdirectory: true, name: 'folder' }) : '',
      h('span', { class: 'quiet' }, words.drop))
    bring.ondragover = event => { event.preventDefault(); bring.classList.add('over') }
    bring.ondragleave = () => bring.classList.remove('over')
    bring.ondrop = event => { event.preventDefault(); bring.classList.remove('over'); this.send([...event.dataTransfer.files]) }
  }

  #take(input) {
    const files = [...input.files]
    input.value = ''
    this.send(files)
  }

  /** Send *files* one after the other; what is refused is listed with its reason. */
  async send(files) {
    if (this.#busy || !files.length) return
    this.#busy = true
    const total = files.reduce((sum, file) => sum + file.size, 0), sum = { taken: 0, known: 0, refused: [] }
    const bar = h('progress', { max: String(Math.max(1, total)) }), line = h('span')
    this.#say('')
    this.#parts.said.hidden = false
    this.#parts.said.replaceChildren(line, bar)
    let done = 0, trouble = ''
    try {
      for (const file of files) {
        const told = await this.#line.send(file, offset => {
          bar.value = done + offset
          const reading = offset === file.size && file.size > PIECE
          line.textContent = fill(reading ? this.#words.reading : this.#words.sending, {
            name: file.name, done: megabytes(done + offset), total: megabytes(total) })
        })
        sum.taken += told.taken
        sum.known += told.known
        sum.refused.push(...told.refused)
        done += file.size
      }
    } catch (error) { trouble = error.message }
    this.#busy = false
    this.#polls = 0
    await this.load()
    const all = [['taken', sum.taken], ['known', sum.known], ['refused', sum.refused.length]]
    const counts = all.filter(([name, n]) => n || name === 'taken')
    const text = [counts.map(([name, n]) => fill(this.#words[name], { n })).join(', '), trouble].filter(Boolean).join('. ')
    this.#say(text, sum.refused.map(({ name, message }) => `${name}: ${message}`))
  }

  // ---- showing

  #drawWants() {
    const select = (name, label, options) => h('label', {}, label, h('select', { name, onchange: event => {
      this.#wanted[name] = event.target.value
      this.load()
    } }, ...options.map(([value, text]) => h('option', { value }, text))))
    this.#parts.wants.replaceChildren(
      select('hamlet', this.#words.hamlet, this.#data.hamlets), select('kind', this.#words.kind, this.#data.kinds))
  }

  #groups() {
    const groups = new Map()
    for (const photo of this.#state.photos) groups.set(photo.site, [...(groups.get(photo.site) ?? []), photo])
    const code = site => this.#state.sites[site]?.code ?? ''
    return [...groups].sort(([one], [other]) => code(one).localeCompare(code(other)))
  }

  #ready(photos) { return photos.filter(photo => photo.site && !photo.left_out && !photo.handed_in) }

  #draw() {
    const { photos } = this.#state, words = this.#words, groups = this.#groups()
    this.#parts.wants.hidden = !photos.length
    if (!photos.length) {
      this.#parts.list.replaceChildren(h('p', { class: 'quiet' }, words.none))
      this.#drawBar()
      return
    }
    const ready = this.#ready(photos), sites = new Set(ready.map(photo => photo.site)).size
    const total = h('div', { class: 'total' },
      h('span', {}, fill(words.ready, { n: ready.length, sites })),
      h('button', { type: 'button', class: 'main', disabled: !ready.length, onclick: () => this.#make(groups) },
        fill(words.make, { n: ready.length })))
    this.#parts.list.replaceChildren(total, ...groups.map(([site, shown]) => this.#site(site, shown)),
      h('button', { type: 'button', onclick: () => this.#removeAll() }, words.all))
    this.#drawBar()
  }

  #site(id, photos) {
    const words = this.#words, site = this.#state.sites[id], ready = this.#ready(photos)
    const days = [...new Set(photos.map(photo => photo.date).filter(Boolean))]
    const about = [site?.hamlet, fill(words.photos, { n: photos.length }), ...days].filter(Boolean).join(' · ')
    const undated = ready.filter(photo => !photo.timed)
    const forms = this.#state.forms[site?.kind] ?? []
    const heading = site ? `${site.code} ${site.name}` : words.no_site
    return h('section', { class: 'site', 'data-site': site?.code ?? '' },
      h('header', {},
        h('h3', {}, heading, h('small', {}, about)),
        site && undated.length ? h('label', {}, words.day, h('input', { type: 'date', value: undated[0].day, onchange: event =>
          this.#choose(undated, { day: event.target.value || null }) })) : null,
        site && ready.length ? h('label', {}, words.form, h('select', { onchange: event => { this.#forms[id] = event.target.value } },
          ...forms.map(({ form, title }) => h('option', { value: form, selected: form === this.#forms[id] }, title)))) : null,
        photos.length > 1 ? h('button', { type: 'button', onclick: () => this.#selectAll(photos) }, words.select_all) : null,
        site && ready.length ? h('button', { type: 'button', class: 'make', onclick: () => this.#make([[id, photos]]) },
          words.make_one) : null),
      this.#faults[id] ? h('div', { class: 'said', role: 'alert' }, this.#faults[id]) : null,
      h('div', { class: 'shots' }, ...photos.map(photo => this.#shot(photo))))
  }

  #shot(photo) {
    const words = this.#words, away = photo.left_out || photo.handed_in
    const decided = photo.left_out ? words.left : photo.chosen ? words.chosen : ''
    const mark = photo.handed_in ? fill(words.handed, { code: photo.handed_in }) : decided
    const tick = h('input', { type: 'checkbox', checked: this.#selected.has(photo.sha256), onchange: () => this.#toggle(photo, card) })
    const image = this.#pictures.get(photo.sha256)
    const card = h('label', { class: 'shot', 'data-certainty': photo.certainty },
      image, h('span', { class: 'tick' }, tick, words.select),
      h('span', { class: 'words' }, h('b', {}, [photo.time, photo.date].filter(Boolean).join(' ') || words.no_time),
        mark ? h('span', { class: 'mark' }, `${mark}. `) : null, photo.place, h('br'), photo.name))
    card.classList.toggle('away', Boolean(away))
    card.classList.toggle('selected', tick.checked)
    return card
  }

  #toggle({ sha256 }, card) {
    this.#selected.has(sha256) ? this.#selected.delete(sha256) : this.#selected.add(sha256)
    card.classList.toggle('selected', this.#selected.has(sha256))
    this.#drawBar()
  }

  #selectAll(photos) {
    const all = photos.every(({ sha256 }) => this.#selected.has(sha256))
    for (const { sha256 } of photos) all ? this.#selected.delete(sha256) : this.#selected.add(sha256)
    this.#draw()
  }

  // ---- deciding

  #drawBar() {
    const { bar } = this.#parts, words = this.#words
    const photos = this.#state.photos.filter(({ sha256 }) => this.#selected.has(sha256))
    bar.hidden = !photos.length
    if (!photos.length) return bar.replaceChildren()
    const out = photos.every(photo => photo.left_out)
    const label = h('label', { for: 'desk_search' }, fill(words.move, { n: photos.length }))
    if (bar.contains(document.activeElement) || bar.getRootNode().activeElement?.id === 'desk_search') {
      bar.querySelector('label')?.replaceWith(label)
      return undefined
    }
    const found = h('div', { class: 'found' })
    const search = h('input', { type: 'search', id: 'desk_search', placeholder: words.search, autocomplete: 'off' })
    search.oninput = () => this.#search(search, found)
    search.onkeydown = event => { if (event.key === 'Enter' && this.#found.length) this.#move(this.#found[0]) }
    const button = (text, onclick) => h('button', { type: 'button', onclick }, text)
    const choose = choice => this.#choose(this.#state.photos.filter(({ sha256 }) => this.#selected.has(sha256)), choice)
    bar.replaceChildren(label, search, found, h('div', { class: 'row' },
      button(words.proposed, () => choose({ site: null })), button(out ? words.take : words.leave, () => choose({ left_out: !out })),
      button(words.remove, () => this.#remove([...this.#selected]))))
    this.#offer(found, [...new Set(photos.flatMap(photo => photo.others))].map(id => this.#state.sites[id]))
    return undefined
  }

  #offer(found, sites) {
    this.#found = sites.map(({ site }) => site)
    found.replaceChildren(...sites.slice(0, 8).map(({ site, code, name }) =>
      h('button', { type: 'button', onclick: () => this.#move(site) }, `${code} ${name}`)))
  }

  async #search(input, found) {
    const q = input.value.trim()
    await pause(200)
    if (input.value.trim() !== q || !input.isConnected) return
    const asked = q ? this.#line.ask('GET', `/api/sites?limit=8&q=${encodeURIComponent(q)}`) : Promise.resolve({ sites: [] })
    const { sites } = await asked.catch(() => ({ sites: [] }))
    if (input.value.trim() !== q) return
    this.#offer(found, sites)
    if (q && !sites.length) found.replaceChildren(h('span', { class: 'quiet' }, this.#words.none_found))
  }

  #move(site) { this.#choose(this.#state.photos.filter(({ sha256 }) => this.#selected.has(sha256)), { site }) }

  async #choose(photos, choice) {
    try {
      await this.#line.ask('POST', '/api/desk/choices', { photos: photos.map(({ sha256 }) => sha256), ...choice })
      this.#selected.clear()
      this.#drawBar()
    } catch (error) { this.#say(error.message) }
    await this.load()
  }

  async #remove(hashes) {
    try {
      for (const sha256 of hashes) await this.#line.ask('DELETE', `/api/desk/photos/${sha256}`)
    } catch (error) { this.#say(error.message) }
    this.#selected.clear()
    await this.load()
  }

  async #removeAll() {
    if (!window.confirm(fill(this.#words.sure, { n: this.#state.photos.length }))) return
    await this.#line.ask('DELETE', '/api/desk/photos').catch(error => this.#say(error.message))
    this.#selected.clear()
    await this.load()
  }

  /** Hand in what is ready of *groups*, site by site; what one of them lacks is said there, and the others go on. */
  async #make(groups) {
    if (this.#busy) return
    this.#busy = true
    this.#faults = {}
    const made = [], work = groups.map(([id, photos]) => [id, this.#ready(photos)]).filter(([, photos]) => photos.length)
    for (const [at, [id, photos]] of work.entries()) {
      this.#say(fill(this.#words.working, { done: at, total: work.length }))
      const form = this.#forms[id] ?? this.#state.forms[this.#state.sites[id].kind]?.[0]?.form ?? ''
      try {
        if (photos.some(photo => !photo.day)) throw new Error(this.#words.day_needed)
        const { visits } = await this.#line.ask('POST', '/api/desk/visits', { site: id, form, photos: photos.map(({ sha256 }) => sha256) })
        made.push(...visits.map(({ code, photos: n, new: isNew }) => fill(isNew ? this.#words.made : this.#words.again, { code, n })))
      } catch (error) { this.#faults[id] = error.message }
    }
    this.#busy = false
    await this.load()
    const troubled = Object.keys(this.#faults).length
    this.#say(fill(this.#words.finished, { n: made.length, troubled }), made)
    this.#host.scrollIntoView({ block: 'start' })
  }
}

const shown = new WeakMap()

export default function ({ data, parentElement }) {
  const host = parentElement.querySelector('.desk')
  const key = JSON.stringify(data), known = shown.get(host)
  if (known?.key === key) return
  known?.desk.end()
  shown.set(host, { key, desk: new Desk(host, data) })
}
