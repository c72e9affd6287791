package org.altiplano.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The administration's pages where a gateway refuses, is late, or lets somebody see only some of them. What it accepts is walked through at a real one. */
class FloorsIT {
    @RegisterExtension
    final ScriptedConsole console = new ScriptedConsole();
    private final ScriptedGateway gateway = console.gateway();

    @Test
    void theNavigationIsWhatTheGatewaysTableAllows() {
        gateway.roles = List.of("auditor");
        try (ConsoleBrowser.Visit visit = console.signedIn("/")) {
            assertThat(visit.list().heading("Members")).isVisible();
            assertEquals(List.of("Members", "API keys", "Usage", "Audit log", "Content log"), visit.frame().pages());
            assertThat(visit.list().row("bob")).isVisible();
            assertThat(visit.list().menu("bob")).hasCount(0);
            assertThat(visit.list().text("Add member")).hasCount(0);
            visit.open("/tenants");
            assertThat(visit.frame().heading("You have no access to this page")).isVisible();
            assertThat(visit.list().text("admin is signed in as auditor, which does not open “Tenants”.")).isVisible();
        }
        gateway.roles = List.of("tenant-admin");
        try (ConsoleBrowser.Visit visit = console.signedIn("/")) {
            assertThat(visit.frame().link("Members")).isVisible();
            assertEquals(List.of("Playground", "My usage", "Members", "API keys", "Usage", "Usage policies", "Content log"), visit.frame().pages());
            visit.frame().link("Members").click();
            assertThat(visit.list().text("Who signs in for acme, and as what.")).isVisible();
            visit.list().press("Add member");
            assertThat(visit.list().asked("Tenant")).hasCount(0);
            assertThat(visit.list().dialog().getByLabel("Platform administrator")).hasCount(0);
        }
    }

    @Test
    void thePageOfTheSecretsTellsWhatIsLeftToDoAndNoSecret() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/secrets")) {
            assertThat(visit.list().row("pepper")).containsText("Its file has another by now: this gateway uses that after a restart.");
            assertThat(visit.list().row("pepper")).containsText("9f2c41d07b3ae865");
            assertThat(visit.list().row("audit-key")).containsText("In force");
            assertThat(visit.list().row("salt-key")).containsText("Another gateway uses a newer one");
            assertThat(visit.list().section("What rests on which pepper")).containsText("39 API keys and 1 second factor still rest on an older pepper.");
            assertThat(visit.list().section("What rests on which pepper")).containsText("ended: what rests on it is refused");
            visit.assertAccessible();
        }
    }

    @Test
    void aRefusalIsToldAtItsFieldAndNothingTypedIsLost() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/tenants")) {
            gateway.refuse(409, "tenant_exists", "id", "There is a tenant with this id already.");
            gateway.refuse(503, "database_unavailable", "", "The platform's database does not answer.");
            visit.list().press("Create tenant");
            visit.list().fill("Id", "acme");
            visit.list().fill("Name", "Acme again");
            visit.list().fill("Weight", "heavy");
            visit.list().submit("Create");
            assertThat(visit.list().text("Give a number, such as 1 or 0.5.")).isVisible();
            assertThat(visit.list().asked("Weight")).isFocused();
            assertEquals(List.of(), gateway.changes());
            visit.list().fill("Weight", "2");
            visit.list().submit("Create");
            assertThat(visit.list().text("There is a tenant with this id already.")).isVisible();
            assertThat(visit.list().asked("Id")).isFocused();
            visit.assertAccessible();
            visit.list().fill("Id", "acme-2");
            visit.list().submit("Create");
            assertThat(visit.list().text("The platform's database does not answer.")).isVisible();
            assertThat(visit.list().asked("Name")).hasValue("Acme again");
            visit.list().submit("Create");
            assertThat(visit.list().text("acme-2 was created").first()).isVisible();
            assertEquals("POST tenants {\"id\":\"acme-2\",\"weight\":2,\"name\":\"Acme again\"}", gateway.changes().get(2));
        }
    }

    @Test
    void theKeyboardAloneIsEnough() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/tenants")) {
            assertThat(visit.list().row("acme")).isVisible();
            visit.list().button("Create tenant").focus();
            visit.page().keyboard().press("Enter");
            assertThat(visit.list().asked("Id")).isFocused();
            visit.page().keyboard().type("umbrella");
            visit.page().keyboard().press("Enter");
            assertThat(visit.list().dialog()).hasCount(0);
            assertThat(visit.list().button("Create tenant")).isFocused();
            openMenu(visit, "initech");
            visit.page().keyboard().press("Enter");
            assertThat(visit.list().text("initech is served again").first()).isVisible();
            assertThat(visit.list().menu("initech")).isFocused();
            openMenu(visit, "acme");
            // Round to the last, which is to delete it.
            visit.page().keyboard().press("ArrowUp");
            visit.page().keyboard().press("Enter");
            assertThat(visit.list().dialog().getByRole(AriaRole.TEXTBOX)).isFocused();
            visit.page().keyboard().type("acme");
            visit.page().keyboard().press("Enter");
            assertThat(visit.list().text("acme is deleted").first()).isVisible();
            assertEquals(List.of("POST tenants {\"id\":\"umbrella\",\"weight\":1}",
                    "PUT tenants/initech \"3\" {\"name\":\"Initech\",\"status\":\"active\",\"weight\":0.5,\"models\":[]}", "DELETE tenants/acme \"3\""), gateway.changes());
        }
    }

    private static void openMenu(ConsoleBrowser.Visit visit, String thing) {
        visit.list().menu(thing).focus();
        visit.page().keyboard().press("Enter");
        assertThat(visit.page().getByRole(AriaRole.MENUITEM).first()).isFocused();
    }

    @Test
    void aStaleEditSaysWhatSomebodyElseChangedAndKeepsWhatWasTyped() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/usage-policies?tenant=acme")) {
            gateway.refuse(412, "stale_etag", "", "It has been changed since it was read: read it again, and then change it.");
            visit.list().act("All of acme", "Change limits");
            assertThat(visit.list().asked("Tokens per day")).hasValue("2000000");
            visit.list().fill("Requests per minute", "900");
            visit.list().submit("Save");
            assertThat(visit.list().text("Somebody else has changed this since you opened it")).isVisible();
            assertThat(visit.list().text("Tokens per day: 3,000,000")).isVisible();
            assertThat(visit.list().asked("Requests per minute")).hasValue("900");
            visit.assertAccessible();
            visit.list().submit("Save over theirs");
            assertThat(visit.list().dialog()).hasCount(0);
            assertTrue(gateway.changes().get(0).startsWith("PUT usage-policies/p1 \"8\" "), gateway.changes().toString());
            assertTrue(gateway.changes().get(1).startsWith("PUT usage-policies/p1 \"9\" {\"requestsPerMinute\":900,"), gateway.changes().toString());
        }
    }

    @Test
    void whatCannotBeUndoneAsksForTheName() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/api-keys")) {
            visit.list().act("nightly reports", "Revoke");
            assertThat(visit.list().dialog().getByRole(AriaRole.BUTTON).getByText("Revoke key")).isDisabled();
            visit.list().confirm("nightly", "Cancel");
            gateway.refuse(503, "database_unavailable", "", "The platform's database does not answer.");
            visit.list().act("nightly reports", "Revoke");
            visit.list().confirm("nightly reports", "Revoke key");
            assertThat(visit.list().text("The platform's database does not answer.")).isVisible();
            visit.list().submit("Revoke key");
            assertThat(visit.list().text("nightly reports is revoked").first()).isVisible();
            assertEquals("DELETE api-keys/k3Hd81Lx", gateway.changes().get(1));
        }
    }

    @Test
    void everybodyGivesHerselfAnotherPassword() {
        gateway.roles = List.of("auditor");
        try (ConsoleBrowser.Visit visit = console.signedIn("/members")) {
            visit.frame().changePassword();
            visit.list().fill("Current password", "wrong");
            visit.list().fill("New password", "a longer password");
            visit.list().fill("New password again", "a longer pasword");
            visit.list().submit("Change password");
            assertThat(visit.list().text("It is not the same as the new password.")).isVisible();
            visit.list().fill("New password again", "a longer password");
            gateway.refuse(400, "invalid_value", "currentPassword", "The current password is wrong.");
            visit.list().submit("Change password");
            assertThat(visit.list().text("The current password is wrong.")).isVisible();
            assertThat(visit.list().asked("Current password")).isFocused();
            visit.assertAccessible();
            visit.list().fill("Current password", ScriptedGateway.PASSWORD);
            visit.list().submit("Change password");
            assertThat(visit.list().text("Your password has changed").first()).isVisible();
            assertEquals("POST /auth/password {\"currentPassword\":\"a-long-password\",\"newPassword\":\"a longer password\"}", gateway.changes().get(1));
        }
    }

    @Test
    void keysAreReadPageByPageAndFound() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/api-keys")) {
            assertThat(visit.list().row("monitor")).isVisible();
            assertThat(visit.list().row("old laptop")).hasCount(0);
            visit.list().press("All");
            visit.list().press("Show older keys");
            assertThat(visit.list().row("old laptop")).containsText("Revoked");
            assertThat(visit.list().text("Show older keys")).hasCount(0);
            visit.assertAccessible();
            visit.list().field("Find a key").fill("laptop");
            assertThat(visit.list().row("monitor")).hasCount(0);
            visit.list().field("Find a key").fill("nothing of the kind");
            assertThat(visit.list().text("No key found")).isVisible();
        }
    }

    @Test
    void aKeyIsShownOnceWithWhatItIsLimitedTo() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/api-keys")) {
            visit.list().press("Create key");
            visit.list().fill("Name", "search service");
            visit.list().check("Only some");
            visit.list().submit("Create");
            assertThat(visit.list().text("Name at least one model, or choose every model.")).isVisible();
            visit.list().fill("Names of models", "llama-2-7b-chat");
            visit.page().keyboard().press("Enter");
            visit.list().fill("Addresses", "10.0.0.0/8, 2001:db8::/32");
            visit.list().asked("Lives").selectOption("Until it is revoked");
            visit.list().submit("Create");
            assertThat(visit.list().dialog().getByLabel("API key")).hasValue(ScriptedTenants.KEY);
            visit.page().keyboard().press("Escape");
            assertThat(visit.list().dialog()).isVisible();
            assertEquals("POST api-keys {\"name\":\"search service\",\"tenant\":\"acme\",\"scopes\":[\"inference\"],\"models\":[\"llama-2-7b-chat\"],"
                    + "\"addresses\":[\"10.0.0.0/8\",\"2001:db8::/32\"]}", gateway.changes().get(0));
            visit.list().submit("I have it");
            assertThat(visit.list().text(ScriptedTenants.KEY)).hasCount(0);
        }
    }

    @Test
    void aBrokenChainIsSaidToBeBrokenAndEventsAreReadPageByPage() throws IOException {
        try (ConsoleBrowser.Visit visit = console.signedIn("/audit")) {
            visit.list().press("Verify chain");
            assertThat(visit.list().text("The chain of the platform itself is whole: 41 events, all in order")).isVisible();
            assertThat(visit.list().row("41")).containsText("POST /admin/v1/tenants");
            visit.list().press("Show older events");
            assertThat(visit.list().row("36")).isVisible();
            visit.list().field("Who").fill("key:");
            assertThat(visit.list().row("41")).hasCount(0);
            assertThat(visit.list().row("40")).isVisible();
            visit.list().field("Chain").selectOption("acme");
            visit.list().press("Verify chain");
            assertThat(visit.list().text("Event 98 was edited.")).isVisible();
            visit.assertAccessible();
            Download file = visit.page().waitForDownload(() -> visit.list().press("Export as JSON lines"));
            assertEquals("audit-acme.jsonl", file.suggestedFilename());
            assertEquals("{\"sequence\":1}\n", new String(file.createReadStream().readAllBytes()));
        }
    }

    @Test
    void usageIsThereAsChartAsTableAndAsFile() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/usage?tenant=acme")) {
            assertThat(visit.page().getByRole(AriaRole.IMG).first()).isVisible();
            visit.list().press("Table");
            assertThat(visit.list().section("Tokens by model").getByRole(AriaRole.GRID)).containsText("All others");
            visit.list().press("Money");
            visit.list().field("Split by").selectOption("By key");
            assertThat(visit.list().row("search service, production").first()).isVisible();
            assertThat(visit.list().row("Without a key").first()).isVisible();
            Download file = visit.page().waitForDownload(() -> visit.list().press("Download CSV"));
            assertTrue(file.suggestedFilename().startsWith("usage-acme-") && file.suggestedFilename().endsWith(".csv"));
        }
    }

    @Test
    void aLongChainIsVerifiedStretchByStretchAndTheCheckCanBeStopped() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/audit?tenant=globex")) {
            visit.list().press("Verify chain");
            assertThat(visit.page().getByRole(AriaRole.PROGRESSBAR)).hasAttribute("aria-valuetext", "2,000 of 5,120 events are in order");
            visit.assertAccessible();
            visit.list().press("Stop verifying");
            assertThat(visit.page().getByRole(AriaRole.PROGRESSBAR)).hasCount(0);
            gateway.goOn();
            visit.list().press("Verify chain");
            assertThat(visit.list().text("2,000 of 5,120")).isVisible();
            gateway.goOn();
            assertThat(visit.list().text("The chain of globex is whole: 5,130 events, all in order")).isVisible();
            assertThat(visit.page().getByRole(AriaRole.PROGRESSBAR)).hasCount(0);
            visit.list().field("Chain").selectOption("acme");
            assertThat(visit.list().text("is whole")).hasCount(0);
        }
    }

    @Test
    void aTenantIsWarnedBeforeItHasPromptsWrittenDownAndCanEraseThem() {
        gateway.roles = List.of("tenant-admin");
        try (ConsoleBrowser.Visit visit = console.signedIn("/content-log")) {
            assertThat(visit.list().text("Prompts and answers are written down, and deleted after 30 days")).isVisible();
            assertThat(visit.list().button("Find")).hasCount(0);
            visit.list().press("Change");
            visit.list().check("Nothing is written down");
            assertThat(visit.list().text("This keeps what people write")).hasCount(0);
            visit.list().check("Every prompt and every answer is written down");
            assertThat(visit.list().text("Tell everybody concerned first")).isVisible();
            visit.list().fill("Days until they are deleted", "some");
            visit.list().submit("Save");
            assertThat(visit.list().text("Give a whole number of days, such as 30.")).isVisible();
            visit.assertAccessible();
            visit.list().fill("Days until they are deleted", "14");
            gateway.refuse(412, "stale_etag", "", "It has been changed since it was read: read it again, and then change it.");
            visit.list().submit("Save");
            visit.list().submit("Save over theirs");
            assertThat(visit.list().text("From now on prompts and answers are written down").first()).isVisible();
            assertEquals("PUT content-log/setting \"3\" {\"enabled\":true,\"retentionDays\":14}", gateway.changes().get(1));
            visit.list().press("Erase all of it");
            visit.list().confirm("acme", "Erase");
            assertThat(visit.list().text("3 requests are erased").first()).isVisible();
            assertEquals("DELETE content-log", gateway.changes().get(2));
            assertEquals(List.of(), gateway.looks(), "who administers reads nothing");
        }
    }

    @Test
    void aReviewerFindsARequestAndOpensItAndTheGatewayIsAskedNoOftenerThanThat() {
        gateway.roles = List.of("safety-reviewer");
        try (ConsoleBrowser.Visit visit = console.signedIn("/content-log")) {
            assertThat(visit.list().row("bob")).containsText(ScriptedTenants.QUESTION);
            assertThat(visit.list().button("Change")).hasCount(0);
            assertThat(visit.list().button("Erase all of it")).hasCount(0);
            visit.list().press("Show older requests");
            assertThat(visit.list().row("bob")).hasCount(2);
            visit.list().field("Who asked").fill("bob");
            visit.list().field("First day, in UTC").fill("2026-11-01");
            visit.list().field("Who asked").press("Enter");
            assertThat(visit.list().row("nightly")).hasCount(0);
            visit.page().getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Open the request chatcmpl-41")).click();
            assertThat(visit.list().dialog().getByLabel("User")).containsText(ScriptedTenants.QUESTION);
            assertThat(visit.list().dialog().getByLabel("Answer")).containsText("three months before");
            assertThat(visit.page()).hasURL(gateway.url() + "/content-log?request=chatcmpl-41");
            visit.assertAccessible();
            visit.page().keyboard().press("Escape");
            assertThat(visit.list().dialog()).hasCount(0);
            assertEquals(List.of("content-log", "content-log?cursor=Mzk", "content-log?owner=bob&from=2026-11-01", "content-log/chatcmpl-41"),
                    gateway.looks(), "each of them is an event of the audit log");
        }
    }

    @Test
    void aPlatformAdministratorIsNotOfferedWhatTenantsHaveWrittenDown() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/content-log")) {
            assertThat(visit.frame().heading("You have no access to this page")).isVisible();
            assertThat(visit.frame().link("Content log")).hasCount(0);
            assertEquals(List.of(), gateway.looks());
        }
    }

    @Test
    void aPromptIsPinnedChangedAndUnpinned() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/pinned-prefixes")) {
            assertThat(visit.list().row("llama-2-7b-chat")).containsText("worker-1: 812 of 812 tokens");
            assertThat(visit.list().row("llama-2-7b-chat")).containsText("worker-2: being computed");
            assertThat(visit.list().row("smollm2-135m-instruct")).containsText("The prompt is shorter than one block.");
            assertThat(visit.list().row("llama-2-13b-chat")).containsText("none serves the model");
            visit.list().press("Pin a prompt");
            visit.list().fill("Model", "stories-15m");
            visit.list().submit("Pin");
            assertThat(visit.list().text("Give the prompt.")).isVisible();
            visit.list().fill("System prompt", "Tell stories.\nShort ones.");
            visit.list().submit("Pin");
            assertThat(visit.list().dialog()).hasCount(0);
            visit.list().act("“Answer in one sentence.”", "Change");
            assertThat(visit.list().asked("System prompt")).hasValue("Answer in one sentence.");
            visit.list().fill("System prompt", "Answer in two sentences.");
            gateway.refuse(412, "stale_etag", "", "It has been changed since it was read: read it again, and then change it.");
            visit.list().submit("Save");
            visit.assertAccessible();
            visit.list().submit("Save over theirs");
            assertThat(visit.list().dialog()).hasCount(0);
            visit.list().act("“You are a clerk.”", "Unpin");
            visit.list().submit("Unpin");
            assertThat(visit.list().dialog()).hasCount(0);
            assertEquals(List.of("POST pinned-prefixes {\"model\":\"stories-15m\",\"system\":\"Tell stories.\\nShort ones.\"}",
                    "PUT pinned-prefixes/p2 \"4\" {\"system\":\"Answer in two sentences.\"}", "PUT pinned-prefixes/p2 \"4\" {\"system\":\"Answer in two sentences.\"}",
                    "DELETE pinned-prefixes/p3 \"4\""), gateway.changes());
        }
    }

    @Test
    void whoHasLostTheSecondFactorGetsInWithoutItOnceAnAdministratorSaysSo() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/members")) {
            visit.list().act("bob", "Take away the second factor");
            assertThat(visit.list().text("Make sure that it is really bob who asks")).isVisible();
            visit.list().submit("Take it away");
            assertThat(visit.list().dialog()).hasCount(0);
            assertEquals(List.of("DELETE members/bob/second-factor"), gateway.changes());
        }
    }
}
