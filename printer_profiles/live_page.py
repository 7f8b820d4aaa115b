"""The page of the virtual printer: its paper live, and buttons for its fate. One string, nothing from the network."""

from __future__ import annotations

PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>虚拟打印机 Virtual printer</title>
<style>
 :root { color-scheme: light; --ink: #23252b; --soft: #5c616b; --line: #d3d6db; --accent: #0b5cad }
 * { box-sizing: border-box }
 body { margin: 0; font: 16px/1.5 "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif;
        color: var(--ink); background: #e7e9ec }
 header { position: sticky; top: 0; z-index: 2; padding: .8rem 1.2rem; background: #fff;
          border-bottom: 1px solid var(--line) }
 h1 { margin: 0 0 .4rem; font-size: 1.1rem } h1 small { font-weight: 400; color: var(--soft) }
 button { font: inherit; padding: .3rem .8rem; margin: 0 .3rem .3rem 0; border: 1px solid var(--line);
          border-radius: 6px; background: #fff; color: inherit; cursor: pointer }
 button:hover { border-color: var(--accent) } button:focus-visible { outline: 3px solid var(--accent) }
 button[aria-pressed=true] { background: var(--accent); border-color: var(--accent); color: #fff }
 main { display: flex; flex-wrap: wrap; gap: 2rem; justify-content: center; align-items: flex-start; padding: 1.5rem }
 figure { margin: 0; animation: out .7s ease-out }
 figure img { display: block; max-width: 92vw; filter: drop-shadow(0 3px 7px rgb(0 0 0 / .28)) }
 figcaption { text-align: center; color: var(--soft); margin-top: .4rem }
 @keyframes out { from { transform: translateY(-3rem); clip-path: inset(100% 0 0 0) }
                  to { transform: none; clip-path: inset(0) } }
 @media (prefers-reduced-motion: reduce) { figure { animation: none } }
 #word { min-height: 1.5em; color: var(--soft) } #word b { color: #b3261e }
 pre { margin: 0 auto 2rem; max-width: 62rem; padding: 0 1.2rem; color: #8a3b12; white-space: pre-wrap;
       font-size: .85rem }
</style></head><body>
<header>
 <h1>虚拟打印机 <span id="title"></span> <small>Virtual printer</small></h1>
 <div id="orders" role="group" aria-label="打印机状态 State of the printer"></div>
 <div id="word" role="status"></div>
</header>
<main id="slips"></main>
<pre id="complaints"></pre>
<script>
const orders = {ok: '正常 OK', near_end: '纸将尽 Near end', paper_out: '缺纸 Paper out', cover_open: '盖开 Cover open',
                hang: '死机 Hang', slow: '慢 Slow', garbage: '乱码应答 Garbage'}
const ends = {full: '已切 cut', partial: '已切 cut', torn: '已撕 torn', broken: '未完成 unfinished'}
const by = id => document.getElementById(id)
for (const [order, name] of Object.entries(orders)) {
  const button = document.createElement('button')
  button.textContent = name; button.dataset.order = order
  button.onclick = () => fetch('/order', {method: 'POST', body: JSON.stringify({order})}).then(look)
  by('orders').append(button)
}
const shown = new Map()
function slip(row) {
  if (!shown.has(row.id)) {
    const figure = document.createElement('figure'), image = new Image(), caption = document.createElement('figcaption')
    image.src = row.png; image.alt = row.text
    caption.textContent = `${row.id} · ${ends[row.end]}`
    figure.append(image, caption); shown.set(row.id, figure)
  }
  return shown.get(row.id)
}
async function look() {
  let state
  try { state = await (await fetch('/state')).json() }
  catch { by('word').innerHTML = '<b>打印机程序没有应答 The printer program does not answer</b>'; return }
  by('title').textContent = state.title
  for (const button of by('orders').children) button.setAttribute('aria-pressed', button.dataset.order === state.state)
  by('word').textContent = `已出纸 ${state.count} 张 slips`
    + (state.waiting ? ` · 等待 ${state.waiting} 字节 bytes waiting` : '')
    + (state.hanging ? ' · 正在打印 printing' : '') + (state.count ? '' : ' · 等待打印 waiting for a job')
  const rows = state.slips.map(slip), main = by('slips')
  rows.forEach((row, at) => { if (main.children[at] !== row) main.insertBefore(row, main.children[at] || null) })
  while (main.children.length > rows.length) main.lastChild.remove()
  by('complaints').textContent = state.complaints.length
    ? '真机可能不懂 A real printer may not understand:\\n' + state.complaints.join('\\n') : ''
}
look(); setInterval(look, 500)
</script></body></html>
"""
