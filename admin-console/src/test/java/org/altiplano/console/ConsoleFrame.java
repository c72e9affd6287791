package org.altiplano.console;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;

/** What stands around every page: navigation, theme and user. */
public final class ConsoleFrame {
    private final Page page;

    ConsoleFrame(Page page) {
        this.page = page;
    }

    public Locator link(String name) {
        return page.getByRole(AriaRole.NAVIGATION).getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(name).setExact(true));
    }

    /** The pages that are offered, in their order. */
    public List<String> pages() {
        return page.getByRole(AriaRole.NAVIGATION).getByRole(AriaRole.LINK).allInnerTexts();
    }

    /** @param name System, Light or Dark */
    public void chooseTheme(String name) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Theme:")).click();
        page.getByRole(AriaRole.OPTION, new Page.GetByRoleOptions().setName(name)).click();
    }

    public boolean isDark() {
        return (Boolean) page.evaluate("() => document.documentElement.classList.contains('pf-v6-theme-dark')");
    }

    public void changePassword() {
        choose("Change password");
    }

    public void secondFactor() {
        choose("Second factor");
    }

    public void signOut() {
        choose("Sign out");
    }

    /** From the menu of the user. */
    private void choose(String action) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("User menu of")).click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(action)).click();
    }

    public Locator heading(String name) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name).setLevel(1));
    }
}
