// Light or dark: as the system has it, or as was chosen for this session.
// Must not know what is drawn.
import { useEffect, useState } from "preact/hooks";

const themeKey = "holdfast.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export type Theme = "light" | "dark";

const chosen = (): Theme | undefined => {
  const value = sessionStorage.getItem(themeKey);
  return value === "light" || value === "dark" ? value : undefined;
};

const current = (): Theme => chosen() ?? (system.matches ? "dark" : "light");

export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(current);
  useEffect(() => {
    const changed = () => setTheme(current());
    system.addEventListener("change", changed);
    return () => system.removeEventListener("change", changed);
  }, []);
  const toggle = () => {
    const other = theme === "dark" ? "light" : "dark";
    sessionStorage.setItem(themeKey, other);
    applyTheme();
    setTheme(other);
  };
  return [theme, toggle];
}

/** The style sheet follows the system unless this says otherwise. */
export function applyTheme(): void {
  const theme = chosen();
  if (theme) document.documentElement.dataset["theme"] = theme;
}
