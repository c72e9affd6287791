package org.altiplano.console;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;

/** The sign-in page as its user sees it. */
public final class SignInPage {
    private final Page page;

    SignInPage(Page page) {
        this.page = page;
    }

    public Locator heading() {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Sign in"));
    }

    public void signInAs(String username, String password) {
        page.getByLabel("User name").fill(username);
        password().fill(password);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign in")).click();
    }

    public Locator throughKeycloak() {
        return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Sign in with Keycloak"));
    }

    /** Chooses the password of the platform's own user where others sign in at Keycloak. */
    public void asPlatformAdministrator() {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("I am an administrator of this platform itself")).click();
    }

    public Locator password() {
        return page.getByLabel("Password", new Page.GetByLabelOptions().setExact(true));
    }

    public Locator message(String text) {
        return page.getByText(text);
    }
}
