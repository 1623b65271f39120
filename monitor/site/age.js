
// How old the page is; past its time it turns grey and says so.
const page = document.documentElement
const { started, expires } = page.dataset
const stale = document.getElementById('stale')
const age = document.getElementById('age')
const title = document.title
const told = page.classList.contains('told') // it was too old when it was made, whatever the reader's clock says
const said = (seconds) => {
    if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`
    if (seconds < 7200) return `${Math.round(seconds / 60)} min`
    return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`
}
const look = () => {
    const now = Date.now() / 1000
    const old = told || now >= Number(expires)
    if (started) age.textContent = `, ${said(now - started)} ago`
    page.classList.toggle('stale', old)
    if (stale.hidden === old) stale.hidden = !old
    document.title = old ? `STALE – ${title}` : title
}
look()
setInterval(look, 10000)
