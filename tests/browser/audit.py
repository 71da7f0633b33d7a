"""What a phone in the sun and a thumb need, measured on the page as drawn: contrast (WCAG 2.2 AA), touch targets, no sideways scroll."""

from playwright.sync_api import Page

_MEASURE = """
() => {
  const parse = (text) => {
    const canvas = parse.canvas ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = '#000'; canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1)
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
    return [r, g, b, a / 255]
  }
  const over = (top, below) => top.slice(0, 3).map((part, i) => part * top[3] + below[i] * (1 - top[3]))
  const ground = (element) => {
    const layers = []
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      const style = getComputedStyle(at)
      if (style.backgroundImage !== 'none' && !style.backgroundImage.includes('gradient')) return null
      const colour = parse(style.backgroundColor)
      layers.push(colour)
      if (colour[3] === 1) break
    }
    const scheme = getComputedStyle(document.documentElement).colorScheme
    const page = matchMedia('(prefers-color-scheme: dark)').matches && scheme.includes('dark')
    return layers.reverse().reduce((below, layer) => over(layer, below), page ? [18, 18, 18] : [255, 255, 255])
  }
  const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  const luminance = (colour) => colour.map((part) => linear(part / 255))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0)
  const ratio = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((x, y) => y - x)
    return (light + 0.05) / (dark + 0.05)
  }
  const opacity = (element) => element ? getComputedStyle(element).opacity * opacity(element.parentElement) : 1
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  const all = []
  const collect = (root) => root.querySelectorAll('*').forEach((element) => {
    all.push(element)
    if (element.shadowRoot) collect(element.shadowRoot)
  })
  collect(document)
  const faults = []
  for (const element of all) {
    const texts = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim())
    const own = texts.filter(Boolean).join(' ')
    const box = element.getBoundingClientRect()
    const ignored = element.closest('[disabled], [aria-disabled=true], [aria-hidden=true], script, style, title, noscript, option')
    if (!own || ignored || !shown(element) || box.width < 2 || box.height < 2) continue
    const below = ground(element)
    if (!below) continue
    const style = getComputedStyle(element)
    const ink = parse(style.color)
    const size = parseFloat(style.fontSize)
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    const found = ratio(over([...ink.slice(0, 3), ink[3] * opacity(element)], below), below)
    if (found < (large ? 3 : 4.5) - 0.01) faults.push(`contrast ${found.toFixed(2)} of "${own.slice(0, 40)}"`)
  }
  for (const element of all) {
    if (!element.matches('a[href], button, input:not([type=hidden]), select, textarea, summary, [role=radio], [role=tab]')) continue
    if (!shown(element) || element.closest('[disabled], [aria-hidden=true], .maplibregl-ctrl, .mapboxgl-ctrl')) continue
    const box = element.getBoundingClientRect()
    if (box.width < 2 || box.height < 2) continue
    const around = element.matches('input') ? element.closest('label') ?? element.closest('[role=group]') : null
    const height = Math.max(box.height, around ? around.getBoundingClientRect().height : 0)
    const within = element.parentElement && element.matches('a') && /^(P|LI|SPAN)$/.test(element.parentElement.tagName)
    if (height < 43.5 && !within) {
      const name = element.innerText || element.ariaLabel || element.name || element.type || ''
      faults.push(`target ${Math.round(box.width)}x${Math.round(height)} "${name.slice(0, 40)}"`)
    }
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
  if (wide > 0) faults.push(`scrolls sideways by ${wide} px`)
  return faults
}
"""


def faults(page: Page) -> list[str]:
    """Every fault of the page as it is drawn now."""
    found: list[str] = page.evaluate(_MEASURE)
    return found
