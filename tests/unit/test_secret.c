/* SPDX-License-Identifier: BSD-2-Clause */
/* IOS's password forms, against values that real devices and password crackers' test vectors have. */
#include "tests/unit/session.h"

#include "parser/secret.h"

START_TEST(hidden)
{
	static const char *const cisco[] = { "02050D480809", "094F471A1A0A", "13061E010803" };
	char out[SECRET_MAX];

	for (int i = 0; i < 3; i++) {
		ck_assert(secret_reveal(cisco[i], out));
		ck_assert_str_eq(out, "cisco");
	}
	ck_assert(secret_hide("cisco", 2, out));
	ck_assert_str_eq(out, cisco[0]);
	ck_assert(secret_hide("cisco", 9, out));
	ck_assert_str_eq(out, cisco[1]);
	ck_assert(secret_verify(7, "cisco", cisco[2]));
	ck_assert(!secret_verify(7, "cisc", cisco[2]));
	for (int i = 0; i < 40; i++) {
		char back[SECRET_MAX];

		ck_assert(secret_hide("a longer one that goes round the key more than once: 0123456789", -1, out));
		ck_assert(secret_reveal(out, back));
		ck_assert_str_eq(back, "a longer one that goes round the key more than once: 0123456789");
	}
}
END_TEST

START_TEST(hashes)
{
	static const struct {
		int type;
		const char *clear, *hash;
	} known[] = {
		{ 5, "cisco", "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0" },
		{ 8, "hashcat", "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk" },
		{ 9, "hashcat", "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		char one[SECRET_MAX], two[SECRET_MAX];

		ck_assert_msg(secret_form_ok(known[i].type, known[i].hash), "%s", known[i].hash);
		ck_assert_msg(secret_verify(known[i].type, known[i].clear, known[i].hash), "%s", known[i].hash);
		ck_assert(!secret_verify(known[i].type, "wrong", known[i].hash));
		ck_assert(secret_hash(known[i].type, "new one", one) && secret_hash(known[i].type, "new one", two));
		ck_assert_str_ne(one, two);
		ck_assert_msg(secret_form_ok(known[i].type, one), "%s", one);
		ck_assert(secret_verify(known[i].type, "new one", one));
	}
}
END_TEST

START_TEST(forms)
{
	static const struct {
		int type;
		const char *text;
	} bad[] = {
		{ 5, "cisco" }, { 5, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m" }, { 5, "$1$toolongsalt$hx5rVt7rPNoS4wqbXKX7m0" },
		{ 5, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m!" }, { 7, "cisco" }, { 7, "0205" "0" }, { 7, "02" }, { 7, "9905" },
		{ 7, "02zz" }, { 8, "$8$short$x" }, { 9, "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk" },
		{ 5, "" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(!secret_form_ok(bad[i].type, bad[i].text), "%d %s", bad[i].type, bad[i].text);
	ck_assert(secret_form_ok(0, "anything"));
}
END_TEST

/* What a line becomes in the configuration. */
START_TEST(stored)
{
	struct session t;
	char *run, *at, out[SECRET_MAX];

	session_open(&t);
	type_all(&t, "enable secret first\nusername a password clear\nusername b privilege 7\nusername b secret hashed\n"
	    "username c algorithm-type scrypt secret slow\nline vty 0 4\npassword line\nexit");
	run = running(&t);
	ck_assert_ptr_nonnull(strstr(run, "\nenable secret 5 $1$"));
	ck_assert_ptr_nonnull(strstr(run, "\nusername a password 0 clear\n"));
	ck_assert_ptr_nonnull(at = strstr(run, "\nusername b privilege 7 secret 5 $1$"));
	at[strcspn(at + 1, "\n") + 1] = '\0';
	ck_assert(secret_verify(5, "hashed", strstr(at, "$1$")));
	free(run);
	/* turned on, it hides what stands in clear, and what comes */
	type_all(&t, "service password-encryption\nusername d password late");
	run = running(&t);
	ck_assert_ptr_null(strstr(run, "clear"));
	ck_assert_ptr_null(strstr(run, "late"));
	ck_assert_ptr_null(strstr(run, " password line"));
	ck_assert_ptr_nonnull(strstr(run, "\nusername c secret 9 $9$"));
	ck_assert_ptr_nonnull(at = strstr(run, "\nusername a password 7 "));
	at += strlen("\nusername a password 7 ");
	at[strcspn(at, "\n")] = '\0';
	ck_assert(secret_reveal(at, out));
	ck_assert_str_eq(out, "clear");
	free(run);
	/* turned off, nothing comes back */
	type_all(&t, "no service password-encryption\nusername e password seen");
	run = running(&t);
	ck_assert_ptr_null(strstr(run, "clear"));
	ck_assert_ptr_nonnull(strstr(run, "\nusername e password 0 seen\n"));
	free(run);
	ck_assert_int_eq(type_line(&t, "enable secret 5 nohash"), CONFIG_REFUSED);
	ck_assert_int_eq(type_line(&t, "username f password 7 zz"), CONFIG_REFUSED);
	session_close(&t);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("secret");
	TCase *t = tcase_create("all");

	tcase_add_test(t, hidden);
	tcase_add_test(t, hashes);
	tcase_add_test(t, forms);
	tcase_add_test(t, stored);
	suite_add_tcase(s, t);
	return run_suite(s);
}
